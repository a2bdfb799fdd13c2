import { rmSync } from 'node:fs';
import { openStores } from './open-stores.ts';
import { aCommit, aDelegation, aToken, making, AT } from '../../oauth/src/testing/store-builders.ts';
import type { TokenKey } from '#libs/oauth';
const cpu = () => { const u = process.cpuUsage(); return u.user + u.system; };
const kind = process.argv[2]; const N = Number(process.argv[3] ?? 200000);
for (const s of ['', '-wal', '-shm']) rmSync('/tmp/pm/bench.db' + s, { force: true });
const s = await openStores({ database: kind === 'sqlite' ? { kind, file: '/tmp/pm/bench.db' } : { kind: 'postgres', url: process.env['PGURL']! } });
const keys: TokenKey[] = [];
const pad = 'y'.repeat(150);
const mk = (i: number) => { const d = aDelegation('p', { clientId: 'c' + i % 5, owner: 'c' + i % 5 }); const t = aToken(d, { subject: d.owner, data: JSON.stringify({ iss:'https://localhost:8443/~', sub:'someone@example.com', aud:'api', scope:'read write', purpose:'access_token', iat:1, exp:2, delegationId:d.id, pad }), expiresAt: AT + (i % 3600) }); keys.push(t.key); return aCommit(making(d, t)); };
for (const B of kind === 'sqlite' ? [16] : [64]) {
  for (let i = 0; i < N; i += B) { const c = Array.from({ length: B }, (_, j) => mk(i + j)); await s.tokens.commit(c); }
}
const lat: number[] = [];
for (const B of [1, 16, 64]) {
  const M = 20000; const all = Array.from({ length: M / B }, (_, i) => Array.from({ length: B }, (_, j) => mk(i * B + j)));
  lat.length = 0; const t = cpu(), w = performance.now();
  for (const c of all) { const a = performance.now(); await s.tokens.commit(c); lat.push(performance.now() - a); }
  lat.sort((a, b) => b - a);
  console.log(kind, 'commit delegation+token, group of', B, 'CPU µs each', ((cpu() - t) / M).toFixed(1), 'wall', ((performance.now() - w) * 1000 / M).toFixed(1), 'longest ms', lat.slice(0, 3).map((x) => x.toFixed(1)).join());
}
for (const B of [1, 2, 4, 16, 64]) {
  const M = kind === 'sqlite' ? 200000 : 40000; let best = Infinity;
  for (let r = 0; r < 3; r++) {
    const batches = Array.from({ length: M / B }, (_, i) => Array.from({ length: B }, (_, j) => keys[(i * B * 31 + j * 977 + r * 7) % N]!));
    const t = cpu(); for (const b of batches) { const f = s.tokens.find(b); if (f instanceof Promise) await f; }
    best = Math.min(best, (cpu() - t) / M);
  }
  console.log(kind, 'find', B, 'CPU µs per key', best.toFixed(2));
}
for (const B of [1, 16]) { const t = cpu(); for (let i = 0; i < 2000; i += B) { const ks = keys.slice(i, i + B).map((k) => ({ period: k.period, hash: k.hash.subarray(0, 16) })); const f = await s.tokens.find(ks); if (f.some((x) => !x)) throw 1; } console.log(kind, 'find by public id', B, ((cpu() - t) / 2000).toFixed(1)); }
{ const t = cpu(), w = performance.now(); for (let i = 0; i < 500; i++) await s.tokens.revokeToken('p', keys[i]!, AT); console.log(kind, 'revoke durable CPU', ((cpu() - t) / 500).toFixed(0), 'wall µs', ((performance.now() - w) * 2).toFixed(0)); }
{ for (const f of [{}, { clientId: 'c1' }, { subject: 'c2', activeAt: AT + 1000 }, { profile: 'nope' }]) { const a = performance.now(); await s.tokens.listTokens(f, { limit: 50 }); console.log(kind, 'list', JSON.stringify(f), (performance.now() - a).toFixed(2), 'ms'); } }
{ const a = performance.now(), t = cpu(); const n = await s.tokens.deleteExpired(AT + 3000, 1000); console.log(kind, 'deleteExpired', n, (performance.now() - a).toFixed(1), 'ms', (cpu() - t) / 1000); }
await s.close();
