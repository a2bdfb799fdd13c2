export function missingPackages(packages: readonly string[]): string[];

/** With the folders of servers and of what installs them, which many a PATH lacks. */
export const PATH_OF_SERVERS: string;
