import { buckets } from './buckets.ts';
import { contextViews } from './contexts.ts';
import { delegationViews } from './delegations.ts';
import { sha256Digest } from './digest.ts';
import { sha512Digest } from './digest-512.ts';
import { exchangeViews } from './exchange-views.ts';
import { issuerViews } from './issuers.ts';
import { javaTypes } from './java.ts';
import { jsonTexts } from './json.ts';
import { keeping } from './keeping.ts';
import { loggers } from './logger.ts';
import { ownMembers } from './members.ts';
import { nativeGlobals } from './native.ts';
import { octetCodecs } from './octets.ts';
import { presentedTokens } from './presented-tokens.ts';
import { valuePrinter } from './printer.ts';
import { registrations } from './registrations.ts';
import { rejections } from './rejections.ts';
import { runStates } from './run-state.ts';
import { javaShapes } from './shapes.ts';
import { times } from './times.ts';
import { tokenExchange } from './token-exchange.ts';
import { jwtVerification } from './verification.ts';
import { viewKinds } from './views.ts';
import { webServices } from './web-services.ts';

/**
 * The guest side of the procedure contract as one expression whose value is a `Prelude`.
 *
 * Its parts are functions of this folder, sent as text. They are evaluated in a realm that is frozen right after, so they
 * keep no state of their own but the kinds of views, which are made for the first run that needs them and frozen: what
 * belongs to a run lives in objects made for that run. Methods of text, numbers and
 * arrays made by the parts themselves are genuine there; what comes from a script is touched through captured built-ins,
 * or by running the script's own code where that is the meaning (a getter, a `toJSON`).
 */
export function preludeSource(): string {
  return `(function (guest) {
'use strict';
const runs = (${text(runStates)})(guest);
const members = (${text(ownMembers)})();
const shapes = (${text(javaShapes)})(members);
const views = (${text(viewKinds)})();
const json = (${text(jsonTexts)})(members, shapes, views);
const print = (${text(valuePrinter)})(members);
const octets = (${text(octetCodecs)})();
const sha256 = (${text(sha256Digest)})();
const sha512 = (${text(sha512Digest)})();
const java = (${text(javaTypes)})(members, shapes, octets, sha256, sha512);
const verify = (${text(jwtVerification)})(guest, members, shapes, json);
const kept = (${text(keeping)})(guest, shapes, json);
const native = (${text(nativeGlobals)})(guest, members, shapes, octets, sha256, verify, kept);
const webService = (${text(webServices)})(guest, members, shapes, json, views);
const bucket = (${text(buckets)})(guest, shapes, json, views);
const registering = (${text(registrations)})(guest, json);
const refusals = (${text(rejections)})(runs, print);
const logs = (${text(loggers)})(guest, print);
const clock = (${text(times)})(guest, print);
const exchangeViews = (${text(exchangeViews)});
const delegationViews = (${text(delegationViews)});
const issuerViews = (${text(issuerViews)});
const presentedTokens = (${text(presentedTokens)});
const tokenExchange = (${text(tokenExchange)});
const contextViews = (${text(contextViews)});
const contexts = function (dressed) {
  const exchange = exchangeViews(guest, runs, shapes, views, dressed);
  const delegations = delegationViews(guest, members, shapes, views, dressed);
  const issuers = issuerViews(guest, json, views, delegations, octets, sha256, sha512);
  const presented = presentedTokens(shapes, views, dressed);
  const exchanged = tokenExchange(guest, members, shapes, json, delegations, refusals.exceptionFactory.badRequestException, dressed);
  return contextViews(guest, runs, members, shapes, views, exchange, delegations, issuers, presented, exchanged, webService, bucket, registering, dressed);
};
let plain, dressed;
const globals = {
  ...native, ...logs, ...clock,
  appendObjectTo: members.appendObjectTo,
  exceptionFactory: refusals.exceptionFactory,
  Java: java.Java,
};
java.extendStrings();
java.extendErrors();
(${text(freezeReachable)})([globals, java.types]);
return {
  globals,
  context(parsed, flow, options) {
    runs.state().flow = flow;
    return (options.dressed ? (dressed ??= contexts(true)) : (plain ??= contexts(false)))(parsed, flow);
  },
  rejection: refusals.rejection,
  response: json.ofResponse,
};
})`;
}

function text(part: (...args: never[]) => unknown): string {
  return Function.prototype.toString.call(part);
}

/**
 * Sent into the realm as text, too. Freezes the values reachable through own members, but no prototype that is not such a
 * member: the realm freezes the built-ins itself, after repairing them.
 */
function freezeReachable(roots: readonly unknown[]): void {
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
    seen.add(value);
    for (const name of Reflect.ownKeys(value)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(value, name);
      visit(descriptor?.value);
      visit(descriptor?.get);
      visit(descriptor?.set);
    }
    Object.freeze(value);
  };
  roots.forEach(visit);
}
