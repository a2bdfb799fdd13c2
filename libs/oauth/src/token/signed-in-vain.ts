import type { AuditStore } from '../stores.ts';
import type { TokenRequest } from './grant-type.ts';
import type { TokenExecution } from './token-execution.ts';

/**
 * Of a run without a commit: the procedure has seen signatures that nothing stands behind, and whoever meets such a token can find out
 * what it is.
 */
export async function noteSignedInVain(
  audit: Pick<AuditStore, 'append'>,
  execution: TokenExecution,
  { now, client }: Pick<TokenRequest, 'now' | 'client'>,
): Promise<void> {
  if (!execution.hasSigned) return;
  await audit.append(
    execution.signedIds.map((id) => ({
      at: now,
      actor: 'system',
      action: 'token.signed-in-vain',
      kind: 'token',
      key: `${execution.profile}/${id}`,
      before: null,
      after: { client: client.id, procedure: execution.program.procedure, version: execution.program.version },
    })),
  );
}
