// One process a test file; TypeScript is stripped by swc, types are checked by `npm run check`.
module.exports = {
  rootDir: '..',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
    '\\.(graphql|html|yaml)$': '<rootDir>/test/support/text-transform.cjs',
  },
  testPathIgnorePatterns: ['/node_modules/', '/.build/', '/.serverless/'],
  testTimeout: 60_000,
  // Both cores of a small machine; jest would leave one of them to itself.
  maxWorkers: 2,
};
