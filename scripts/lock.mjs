// One set-up at a time in a checkout, also when an earlier one was killed. Only built-ins; runs on Node 20.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A holder touches its lock every second; one that was not touched for so long has no holder any more. Milliseconds. */
const ABANDONED = 15_000;
const HEARTBEAT = 1000;

/**
 * Runs work while nobody else does, in any process.
 *
 * @param file the lock; its folder is made
 * @param onWait called once when somebody else holds the lock
 */
export async function exclusively(file, work, onWait = () => undefined, abandonedAfter = ABANDONED) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${process.pid} ${Date.now()} ${Math.random()}`;
  let told = false;
  while (!take(file, mine)) {
    if (!told) onWait();
    told = true;
    if (!isAbandoned(file, abandonedAfter)) await sleep(200);
    else breakLock(file, abandonedAfter);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (contentOf(file) === mine) rmSync(file, { force: true });
  }
}

function take(file, mine) {
  try {
    writeFileSync(file, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAbandoned(file, after) {
  try {
    return Date.now() - statSync(file).mtimeMs > after;
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Moves the lock aside, so that of several who try one succeeds; a lock that turns out to be alive goes back. */
function breakLock(file, after) {
  const aside = `${file}.${process.pid}.${Date.now()}`;
  try {
    renameSync(file, aside);
    if (!isAbandoned(aside, after)) linkSync(aside, file);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
