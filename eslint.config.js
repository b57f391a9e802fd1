import tseslint from 'typescript-eslint';

/** Who may import whom: errors ← ports ← stages ← {engines, toolchain, lifecycle} ← commands ← program ← main. */
const stages = ['values', 'render', 'build', 'validate', 'publish', 'reconcile', 'observe'];
const rooms = ['engines', 'toolchain', 'images', 'lifecycle', 'secrets', 'scaffold', 'dashboard', 'loadtest'];

/** No import of a later stage, a room above the stages, or the command line. */
function onlyEarlier(room, forbidden) {
  return {
    files: [`cli/${room}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: outside,
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join('|')})/`,
              message: `cli/${room} may not import ${forbidden.join(', ')}: data moves one way (see CONTRIBUTING.md).`,
            },
          ],
        },
      ],
    },
  };
}

/** The outside world is reached through cli/ports only; the command line is parsed in cli/commands only. */
const outside = [
  'execa',
  'fs',
  'fs/promises',
  'node:fs',
  'node:fs/promises',
  'node:child_process',
  'node:net',
  'node:http',
  'node:https',
  '@kubernetes/client-node',
].map((name) => ({ name, message: 'Only cli/ports touches the outside.' }));

const commander = { name: 'commander', message: 'Only cli/commands and program.ts know the command line.' };

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'cli/toolchain/require-node.cjs'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "Program > VariableDeclaration[kind='let']",
          message: 'State is passed, never kept in a module.',
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      // `env['HOME']` is how index signatures are read with noPropertyAccessFromIndexSignature-like care.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['cli/**/*.ts'],
    ignores: [
      '**/*.test.ts',
      'cli/ports/**',
      'cli/testing/**',
      'cli/bench/**',
      'cli/start.ts',
      'cli/engines/supervisor/main.ts',
      'cli/dashboard/page/**', // runs in a browser, which has one clock
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in start.ts and ports.' },
        {
          object: 'process',
          property: 'cwd',
          message: 'The working directory is read in start.ts and ports.',
        },
        { object: 'process', property: 'exit', message: 'Return an exit code.' },
        { object: 'Date', property: 'now', message: 'Take a Clock.' },
      ],
    },
  },
  {
    files: ['cli/**/*.ts'],
    ignores: [
      '**/*.test.ts',
      'cli/ports/**',
      'cli/testing/**',
      'cli/bench/**',
      'cli/commands/**',
      'cli/documentation/**',
      'cli/program.ts',
      'cli/main.ts',
      'cli/start.ts',
    ],
    rules: { 'no-restricted-imports': ['error', { paths: [...outside, commander] }] },
  },
  onlyEarlier('errors', ['ports', ...stages, ...rooms, 'commands']),
  {
    files: ['cli/ports/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${[...stages, ...rooms, 'commands'].join('|')})/`,
              message: 'Ports know no stage.',
            },
          ],
        },
      ],
    },
  },
  ...stages.map((stage, index) => onlyEarlier(stage, [...stages.slice(index + 1), ...rooms, 'commands'])),
  ...rooms.map((room) => onlyEarlier(room, ['commands'])),
  {
    files: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': 'off', // a suite's `let` is filled in by beforeEach
      'max-lines': ['error', { max: 300 }],
    },
  },
  { files: ['*.config.ts', 'eslint.config.js'], rules: { 'no-restricted-exports': 'off' } },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { console: 'readonly', process: 'readonly' } },
  },
);
