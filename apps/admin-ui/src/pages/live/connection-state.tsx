import { Badge } from '../../components/badge.tsx';
import type { Connection } from './execution-feed.ts';

const WORDS = {
  connecting: ['neutral', 'connecting'],
  connected: ['ok', 'connected'],
  reconnecting: ['warning', 'reconnecting'],
  full: ['warning', 'no room'],
  refused: ['danger', 'refused'],
} as const;

/** Says how it stands, and is the one thing here that screen readers hear of by themselves: never of executions. */
export function ConnectionState({ connection, isPaused }: { readonly connection: Connection; readonly isPaused: boolean }) {
  const [kind, word] = WORDS[connection.phase];
  return (
    <span role="status" className="row">
      <Badge kind={kind}>{word}</Badge>
      {isPaused && <Badge kind="accent">paused</Badge>}
      {connection.phase === 'reconnecting' && <span className="muted">{connection.reason} It is tried again.</span>}
    </span>
  );
}
