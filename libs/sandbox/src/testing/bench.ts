/*
 * What an invocation costs: `node libs/sandbox/src/testing/bench.ts [isolation]`. Prints one line per number in flight: processor
 * time of the service's main thread, processor time of the sandbox process, time on the clock, each per invocation.
 */
import type { IsolationWish } from '../options.ts';
import { processorTime } from '../processor-time.ts';
import { TestSandbox } from './test-sandbox.ts';

const CONTEXT = {
  presentedToken: {
    active: true,
    data: {
      sub: 'user-0815',
      iss: 'https://localhost:8443/~',
      aud: ['https://api.example.com', 'https://files.example.com'],
      scope: 'read write profile',
      exp: 1_700_000_300,
      iat: 1_700_000_000,
      nbf: 1_700_000_000,
      purpose: 'access_token',
      delegationId: 'a2b7c6d4-0d9f-4a35-8e0b-6f6f0f3d2c11',
      client_id: 'server-client',
      tier: 'gold',
      region: 'eu',
    },
  },
  delegation: {
    id: 'a2b7c6d4-0d9f-4a35-8e0b-6f6f0f3d2c11',
    clientId: 'server-client',
    owner: 'user-0815',
    scope: 'read write profile',
    claims: { department: 'research', groups: ['one', 'two', 'three'] },
    data: {},
  },
  client: {
    id: 'gateway_client',
    name: 'Gateway',
    properties: { note: 'x'.repeat(300) },
    scopes: ['read'],
    capabilities: ['introspection'],
  },
};

const SOURCE = `function result(context) {
  var data = context.data.presentedToken.data, out = {};
  for (var name in data) out[name] = data[name];
  out.active = true; out.token_type = 'bearer'; out.client_id = context.data.delegation.clientId;
  return out;
}`;

const isolation = (process.argv[2] ?? 'preferred') as IsolationWish;
const box = await TestSandbox.open({ isolation });
const program = box.load(SOURCE);
const text = JSON.stringify(CONTEXT);
const invocation = {
  program,
  context: text,
  now: 1_700_000_000_000,
  seed: 1,
  minted: {},
  likely: [],
  answer: () => ({ ok: '' }),
  deadline: Infinity,
};

async function client(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const outcome = await box.sandbox.run(invocation);
    if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
  }
}

const thread = process as unknown as { threadCpuUsage(previous?: NodeJS.CpuUsage): NodeJS.CpuUsage };
console.log(`context of ${text.length} bytes, isolation ${box.sandbox.status().isolation.level}`);
for (const inFlight of [16, 1, 16, 128, 1, 16, 128]) {
  const each = Math.round((inFlight === 1 ? 20_000 : 150_000) / inFlight);
  const pid = box.sandbox.status().processes.find((one) => one.role === 'main')?.pid ?? 0;
  const sandboxBefore = processorTime(pid) ?? 0;
  const before = thread.threadCpuUsage();
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, () => client(each)));
  const wall = performance.now() - started;
  const used = thread.threadCpuUsage(before);
  const sandboxUsed = (processorTime(pid) ?? 0) - sandboxBefore;
  const runs = each * inFlight;
  const per = (milliseconds: number): string => ((milliseconds * 1000) / runs).toFixed(2).padStart(7);
  console.log(
    `${String(inFlight).padStart(4)} in flight: main thread ${per((used.user + used.system) / 1000)} us, sandbox ${per(sandboxUsed)} us, clock ${per(wall)} us; ${Math.round(runs / (sandboxUsed / 1000))} runs a second per sandbox core`,
  );
}
await box.close();
