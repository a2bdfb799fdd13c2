import type { Origin } from './entities.ts';

/** `metrics` reads the metrics alone, `read` sees, `author` also uploads and tries procedures, `admin` also changes everything else. */
export type AdministratorRole = 'metrics' | 'read' | 'author' | 'admin';
export const ADMINISTRATOR_ROLES: readonly AdministratorRole[] = ['metrics', 'read', 'author', 'admin'];

export interface Administrator {
  readonly id: string;
  readonly role: AdministratorRole;
  /** `sha256$<base64url>` of the bearer token. */
  readonly tokenHash: string;
  readonly createdAt: number;
  readonly origin: Origin;
}
