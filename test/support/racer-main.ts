import { setTimeout as pause } from 'node:timers/promises';
import { headerOf, rawExchange, type HttpMessage } from './raw-http.ts';
import type { Heard, Race } from './racers.ts';

/** Tells the others that this one stands, or has come in. */
const tell = (heard: Heard): void => {
  process.send?.(heard);
};

let go = (): void => undefined;

process.on('message', (message: Race | 'go') => {
  if (message === 'go') go();
  else
    run(message).catch((error: unknown) => {
      tell({ failed: String(error) });
    });
});

/** Opens every connection, waits for the word, and sends on all of them. */
async function run({ ports, request, times }: Race): Promise<void> {
  const started = new Promise<void>((resolve) => (go = resolve));
  let standing = 0;
  const answers = Array.from({ length: times }, async (_, i) => {
    const port = ports[i % ports.length] ?? 0;
    const first = await ask(port, request, async () => {
      if (++standing === times) tell('standing');
      await started;
    });
    return patiently(port, request, first);
  });
  tell({
    answers: (await Promise.all(answers)).map((answer) => ({
      status: answer.status,
      location: headerOf(answer, 'location') ?? null,
      body: answer.body.toString(),
    })),
  });
}

/** Who is told to come back does. RFC 9110 section 15.6.4. */
async function patiently(port: number, request: string, first: HttpMessage): Promise<HttpMessage> {
  let answer = first;
  for (let tries = 0; answer.status === 503 && tries < 30; tries++) {
    await pause(1000);
    answer = await ask(port, request);
  }
  return answer;
}

async function ask(port: number, request: string, until: () => Promise<void> = async () => undefined): Promise<HttpMessage> {
  const { messages, error } = await rawExchange(port, '', {
    patience: 90_000,
    send: async (socket) => {
      await until();
      socket.write(request);
    },
  });
  const [message] = messages;
  if (message === undefined) throw new Error(`no answer: ${error ?? 'the connection was closed'}`);
  return message;
}
