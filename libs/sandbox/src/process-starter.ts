import type { SandboxLimits } from '#libs/oauth';
import { ControlFrame } from './control-frame.ts';
import { FRAME, type ProcessConfiguration } from './frames.ts';
import type { Launch } from './launch.ts';
import { SandboxProcess, type EndReason, type ProcessRole } from './sandbox-process.ts';
import type { Walls } from './walls.ts';

/** Isolates one process keeps; at some 2.5 MB each they are the larger part of its memory. */
const ISOLATES = 64;

/** Starts processes that are alike but for their role. */
export class ProcessStarter {
  readonly #launch: Launch;
  readonly #walls: Walls;
  readonly #prelude: string;
  readonly #limits: SandboxLimits;

  constructor(launch: Launch, walls: Walls, prelude: string, limits: SandboxLimits) {
    this.#launch = launch;
    this.#walls = walls;
    this.#prelude = prelude;
    this.#limits = limits;
  }

  /** `ready` receives null, or what is wrong with the prelude. */
  start(
    role: ProcessRole,
    ready: (process: SandboxProcess, problem: string | null) => void,
    ended: (process: SandboxProcess, reason: EndReason) => void,
  ): SandboxProcess {
    const process = new SandboxProcess(role, this.#walls.wrap(this.#launch), this.#launch.environment, this.#walls.forks, ended);
    const configuration: ProcessConfiguration = {
      role: role === 'diagnostic' ? 'diagnostic' : 'fast',
      prelude: this.#prelude,
      isolates: role === 'diagnostic' ? 8 : ISOLATES,
      cpuMilliseconds: this.#limits.cpuMilliseconds,
      heapMegabytes: this.#limits.heapMegabytes,
      hostCalls: this.#limits.hostCalls,
      effects: this.#limits.effects,
      logBytes: this.#limits.logBytes,
      responseBytes: this.#limits.responseBytes,
      sourceBytes: this.#limits.sourceBytes,
    };
    process.send(
      new ControlFrame(FRAME.configure, 0, JSON.stringify(configuration), (text) => {
        process.isReady = text === 'O';
        ready(process, process.isReady ? null : text.slice(1));
      }),
    );
    return process;
  }
}
