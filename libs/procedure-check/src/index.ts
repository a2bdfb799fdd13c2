export { contextsOf, FLOWS_WITH_CONTEXTS } from './contexts-of-flows.ts';
export { ProcedureCompiler, type CompiledText, type CompileOutcome, type CompilerOptions } from './procedure-compiler.ts';
export type { UsedLibrary } from './messages.ts';
