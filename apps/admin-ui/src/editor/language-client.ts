import { wrap } from 'comlink';
import { get, path } from '../api/request.ts';
import type { Declarations } from '../api/script-types.ts';
import type { LanguageService } from './worker/language-service.ts';

/** Which flow's declarations a text is checked with; libraries see those of all flows, which are the same. */
const FLOW_OF_LIBRARIES = 'oauth-introspect';

interface Running {
  readonly worker: Worker;
  readonly service: LanguageService;
  loaded: Promise<void> | null;
}

/** The worker with the compiler, made at the first use and kept: to start it takes a second or two. */
let running: Running | null = null;

/** @returns the service once it has read the declarations @throws ApiError when these cannot be had, Error when the worker does not start */
export async function languageService(flow: string | null): Promise<LanguageService> {
  const used = (running ??= start());
  used.loaded ??= load(used.service, flow);
  try {
    await used.loaded;
  } catch (error) {
    used.loaded = null;
    throw error;
  }
  return used.service;
}

/** What formats needs no declarations. */
export function formatter(): Pick<LanguageService, 'format'> {
  running ??= start();
  return running.service;
}

function start(): Running {
  const worker = new Worker(new URL('./worker/main.ts', import.meta.url), { type: 'module', name: 'language-service' });
  const remote = wrap<LanguageService>(worker);
  const failed = new Promise<never>((_resolve, reject) => {
    worker.addEventListener('error', ({ message }) => {
      if (running?.worker === worker) running = null;
      worker.terminate();
      reject(new Error(`The language service has stopped${message === '' ? '' : `: ${message}`}.`));
    });
  });
  failed.catch(() => undefined);
  // Without this whoever waits for a worker that has died waits for ever.
  const asked = <T>(answer: Promise<T>): Promise<T> => Promise.race([answer, failed]);
  const service: LanguageService = {
    load: (declarations) => asked(remote.load(declarations)),
    findings: (text) => asked(remote.findings(text)),
    completions: (text, at) => asked(remote.completions(text, at)),
    completionDetails: (text, at, name) => asked(remote.completionDetails(text, at, name)),
    hover: (text, at) => asked(remote.hover(text, at)),
    signature: (text, at) => asked(remote.signature(text, at)),
    format: (source, language, cursor) => asked(remote.format(source, language, cursor)),
  };
  return { worker, service, loaded: null };
}

async function load(service: LanguageService, flow: string | null): Promise<void> {
  const { data } = await get<Declarations>(path`/flows/${flow ?? FLOW_OF_LIBRARIES}/declarations`);
  await service.load(data);
}

/** For what helps to write: without the language service one writes without it, and the line below the text says so. */
export function unavailable(error: unknown): void {
  if (!(error instanceof Error)) throw error;
}
