export { contextsOf, FLOWS_WITH_CONTEXTS } from './contexts-of-flows.ts';
export { ProcedureCompiler, type CompiledText, type CompileOutcome, type CompilerOptions } from './procedure-compiler.ts';
export { readDeclarations, type DeclarationFile, type Declarations } from './declarations.ts';
export { libraryPath, MODULE_MARK, procedurePath } from './upload-paths.ts';
export type { UsedLibrary } from './messages.ts';
