import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionStreamStart, FollowedExecutions } from '#libs/executions';
import { entityKey, EVENT_STREAM_HEADERS, openBody, type Configuration } from '#libs/oauth';
import { SERVICES, type AdminServices } from './admin-services.ts';
import { AdminSessions } from './admin-sessions.ts';
import { isSamePerson } from './open-id-people.ts';
import { Problem } from './problem.ts';

/** Streams that may be open at a time: in all, and of one administrator. */
const MOST = 20;
const MOST_OF_ONE = 5;
/** Seconds after which one that found no place may ask again. */
const RETRY_AFTER = 10;

/** The streams of executions that administrators listen to, each for as long as it may. */
@Injectable()
export class ExecutionStreams implements OnModuleDestroy {
  readonly #streams = new Map<FollowedExecutions, string>();
  /** Told to those who hear of changes before it is the current one. */
  #configuration: Configuration;
  readonly #stopWatching: () => void;
  #isClosed = false;

  constructor(
    @Inject(SERVICES) private readonly services: AdminServices,
    private readonly sessions: AdminSessions,
  ) {
    const review = () => {
      for (const stream of [...this.#streams.keys()]) void stream.review();
    };
    this.#configuration = services.configuration.current;
    const watched = [
      services.configuration.onChange((now) => {
        this.#configuration = now;
        review();
      }),
      sessions.onEnd(review),
    ];
    this.#stopWatching = () => {
      for (const stop of watched) stop();
    };
  }

  /** Answers with a stream, or with its header for HEAD. @throws Problem `unavailable` when there are too many */
  open(request: FastifyRequest, reply: FastifyReply, start: ExecutionStreamStart): void {
    const { administrator, adminSession } = request;
    if (administrator === null) throw new Error('a stream without an administrator');
    this.#requireRoom(administrator.id);
    const now = () => this.#configuration.get('administrator', entityKey(administrator.id));
    const before = now();
    // The session itself, or the same person with the same token and role as when it began.
    const mayGoOn = async () =>
      adminSession === null
        ? before !== undefined && now()?.role === before.role && now()?.tokenHash === before.tokenHash
        : this.sessions.isStanding(adminSession, this.#configuration);
    reply.hijack();
    const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) => [name, String(value)]);
    reply.raw.writeHead(200, [...headers.filter((_, i, all) => all[i - (i % 2)] !== 'cache-control'), ...EVENT_STREAM_HEADERS]);
    if (request.method === 'HEAD') {
      reply.raw.end();
      return;
    }
    const stream = this.services.executions.follow(openBody(reply.raw), start, mayGoOn, () => this.#streams.delete(stream));
    this.#streams.set(stream, administrator.id);
  }

  onModuleDestroy(): void {
    this.close();
  }

  /** Ends all streams, and opens no more: before the listener waits for its requests to end. */
  close(): void {
    this.#isClosed = true;
    this.#stopWatching();
    for (const stream of [...this.#streams.keys()]) stream.end();
  }

  #requireRoom(administrator: string): void {
    const own = [...this.#streams.values()].filter((id) => isSamePerson(id, administrator)).length;
    if (!this.#isClosed && this.#streams.size < MOST && own < MOST_OF_ONE) return;
    const detail = this.#isClosed ? 'The service is about to stop.' : 'Too many streams are open: close one of the others.';
    throw new Problem('unavailable', detail, { headers: { 'retry-after': String(this.#isClosed ? 1 : RETRY_AFTER) } });
  }
}
