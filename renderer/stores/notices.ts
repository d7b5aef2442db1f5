import { defineStore } from 'pinia';
import { ref } from 'vue';
import { toCurlewError } from '../../main/contract/error.ts';

export interface Notice {
  id: number;
  tone: 'good' | 'bad';
  title: string;
  text: string;
}

/** What the person is told in passing; whatever fails without a place of its own on the screen ends here. */
export const useNotices = defineStore('notices', () => {
  const notices = ref<Notice[]>([]);
  let nextId = 1;

  function add(tone: Notice['tone'], title: string, text: string): void {
    const said = notices.value.find((notice) => notice.title === title && notice.text === text);
    if (said) dismiss(said.id);
    notices.value.push({ id: nextId++, tone, title, text });
    if (notices.value.length > 5) notices.value.shift();
  }

  function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id);
  }

  return {
    notices,
    dismiss,
    say: (title: string, text = '') => add('good', title, text),
    /**
     * Tells of a failure; a cancelled operation is none, and a lost connection has its own screen.
     * @returns the sentence, for the place on the screen where the failure belongs
     */
    fail(title: string, thrown: unknown): string {
      const error = toCurlewError(thrown);
      if (error.code !== 'ABORTED' && error.code !== 'CONNECTION_LOST') add('bad', title, error.message);
      return error.message;
    },
  };
});
