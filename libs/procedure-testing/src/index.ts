export type { Compile, Compiled, SourceText } from './compile.ts';
export { SampleRunner } from './sample-runner.ts';
export { SHIPPED_SAMPLES, type ShippedSample } from './shipped-samples.ts';
export { findTestFiles, NoTestsError } from './test-files.ts';
export { runTests, type TestRunListener, type TestRunOptions, type TestSummary } from './test-run.ts';
export { ReadableReporter } from './reporters/readable.ts';
export { junitXml } from './reporters/junit.ts';
export { watchTests } from './watch.ts';
export { scaffold, ScaffoldError, type Scaffold, type ScaffoldRequest } from './scaffold/scaffold.ts';
