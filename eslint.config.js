import prettier from 'eslint-config-prettier';
import vue from 'eslint-plugin-vue';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';
import { rooms } from './eslint.rooms.js';

const tests = ['**/*.test.ts', 'test/**/*.ts', 'renderer/test/**/*.ts', '**/fake-electron.ts'];

export default defineConfig(
  { ignores: ['node_modules', 'out', 'build', 'models/bank/**/*.js', '**/*.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    files: ['**/*.{ts,vue,js,mjs}'],
    extends: [tseslint.configs.eslintRecommended, tseslint.configs.recommended],
    plugins: { curlew: { rules: { rooms } } },
    rules: {
      'curlew/rooms': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-constructor-return': 'error',
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'document', property: 'write', message: 'Markup is made by templates.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(inner|outer)HTML$/]',
          message: 'Markup is made by templates, never from text.',
        },
        {
          selector: 'CallExpression[callee.property.name="insertAdjacentHTML"]',
          message: 'Markup is made by templates, never from text.',
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/only-throw-error': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An interface promises a promise; not every implementation has something to wait for.
      '@typescript-eslint/require-await': 'off',
      // Our objects are made of closures, not of `this`.
      '@typescript-eslint/unbound-method': 'off',
      // The compiler judges assertions; this rule also flags those it needs.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
    },
  },
  {
    // A component's type is known to vue-tsc alone; here it would be an error type.
    files: ['renderer/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Programs of the command line speak to the terminal.
    files: [
      'main/jobs/*-bank.ts',
      'main/jobs/cascade-study.ts',
      'devices/boards/measure-kernels.ts',
      '**/*.mjs',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    files: tests,
    rules: {
      'no-console': 'off',
      'no-restricted-properties': [
        'error',
        ...['waitFor', 'waitUntil'].map((property) => ({
          object: 'vi',
          property,
          message:
            'It gives up after a second, which a busy machine may take: wait for the event, or expect.poll.',
        })),
      ],
      // Matchers (`expect.any`) and doubles are `any` by their libraries' types.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },

  {
    files: ['**/*.vue'],
    extends: [vue.configs['flat/recommended']],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-props-declaration': ['error', 'type-based'],
      'vue/no-undef-components': ['error', { ignorePatterns: ['^Router(Link|View)$'] }],
      'vue/no-unused-refs': 'error',
      'vue/no-required-prop-with-default': 'error',
      'vue/prefer-true-attribute-shorthand': 'error',
      // Optional props are typed as such; `undefined` is their default.
      'vue/require-default-prop': 'off',
    },
  },

  prettier,
);
