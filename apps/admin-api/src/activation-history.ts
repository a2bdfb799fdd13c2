import type { AuditEvent, AuditStore } from '#libs/oauth';

/** The action of audit events that a roll back writes; one such event undoes the activation before it. */
export const ROLLBACK = 'procedure.rollback';

/**
 * The version that was active before the present one, from the audit trail; null when there is none.
 * Rolling back twice goes two activations back, not to and fro.
 */
export async function versionBefore(audit: AuditStore, key: string): Promise<number | null> {
  let undone = 0;
  for await (const event of eventsOf(audit, key)) {
    // What was before a deletion belongs to another procedure of the same name.
    if (event.after === null) return null;
    const [from, to] = [activeVersion(event.before), activeVersion(event.after)];
    if (from === to) continue;
    if (event.action === ROLLBACK) undone++;
    else if (undone > 0) undone--;
    else return from;
  }
  return null;
}

/** Newest first. */
async function* eventsOf(audit: AuditStore, key: string): AsyncGenerator<AuditEvent> {
  for (let before: number | undefined; ;) {
    const events = await audit.list({ kind: 'procedure', key, limit: 100, ...(before === undefined ? {} : { before }) });
    yield* events;
    before = events.at(-1)?.id;
    if (before === undefined || events.length < 100) return;
  }
}

function activeVersion(procedure: unknown): number | null {
  return (procedure as { readonly activeVersion?: number | null } | null)?.activeVersion ?? null;
}
