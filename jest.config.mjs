/** Unit specs stand beside the code, HTTP suites and journeys under test/. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['tokenwright-source', 'node', 'node-addons'] },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/procedures', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.jest.json', diagnostics: false }],
  },
  testSequencer: '<rootDir>/test/support/slowest-first.mjs',
  workerIdleMemoryLimit: '1GB',
  maxWorkers: 2,
  // Starting a service takes long on a busy machine.
  testTimeout: 30_000,
  // Instrumenting the sources would break the functions that are sent into the realm as text.
  coverageProvider: 'v8',
};
