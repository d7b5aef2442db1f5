import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app/App.vue';
import RefusedPage from './app/RefusedPage.vue';
import SignInPage from './app/SignInPage.vue';
import { createAppRouter } from './app/router.ts';
import { connect } from './connect/index.ts';
import { ConnectionRefused } from './connect/web.ts';
import './design/tokens.css';
import './design/base.css';
import './design/parts.css';
import { labKey } from './stores/lab.ts';

// The lab's address pasted over an open page changes only the part behind the #: take the token it brings.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#token=')) location.reload();
});

try {
  const lab = await connect();
  createApp(App).provide(labKey, lab).use(createPinia()).use(createAppRouter()).mount('#app');
} catch (thrown) {
  if (!(thrown instanceof ConnectionRefused)) throw thrown;
  if (thrown.refusal === 'password') createApp(SignInPage).mount('#app');
  else createApp(RefusedPage, { refusal: thrown.refusal }).mount('#app');
}
