/** Notices of the desktop when alerts go up, where the person and the browser allow them; for this browser alone. */
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { count } from '../../main/contract/figures.ts';
import type { Alert } from '../../main/contract/types.ts';
import { useAlerts } from './alerts.ts';
import { recall, remember } from './memory.ts';

/** What the browser says; `unknown` where it has no such notices at all. */
const permissionNow = (): NotificationPermission | 'unknown' =>
  typeof Notification === 'undefined' ? 'unknown' : Notification.permission;

export const useDesktopNotices = defineStore('desktopNotices', () => {
  const alerts = useAlerts();
  const wanted = ref(recall<boolean>('alerts.desktop') ?? false);
  const permission = ref(permissionNow());

  alerts.onRaised((raised) => {
    if (!wanted.value || permissionNow() !== 'granted') return;
    const [first, ...others] = raised as [Alert, ...Alert[]];
    const more = others.length > 0 ? ` And ${count(others.length, 'other')}.` : '';
    // The same tag: a fleet that goes silent fills no desktop.
    const notice = new Notification('Curlew', { body: `${first.text}${more}`, tag: 'curlew-alerts' });
    notice.onclick = () => window.focus();
  });

  return {
    on: computed(() => wanted.value && permission.value === 'granted'),
    permission,
    /** Asks the browser where it has not been asked; it answers for good. */
    async set(on: boolean): Promise<void> {
      if (on && permissionNow() === 'default') await Notification.requestPermission();
      permission.value = permissionNow();
      wanted.value = on;
      remember('alerts.desktop', on);
    },
  };
});
