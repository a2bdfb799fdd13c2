export * from './settings.ts';
export * from './start-error.ts';
export * from './node.ts';
export { bootstrapAdministrator } from './administrator.ts';
export { adminTokenFile, databaseFile, openDataDirectory } from './data-directory.ts';
export { packageRoot, packageVersion } from './package-root.ts';
