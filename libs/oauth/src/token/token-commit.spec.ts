import { describe, expect, test } from '@jest/globals';
import type { Commit, CommitOutcome, TokenStore } from '../stores.ts';
import { aCommit } from '../testing/store-builders.ts';
import { TokenCommit } from './token-commit.ts';

function over(commit: (commits: readonly Commit[]) => readonly CommitOutcome[] | Promise<readonly CommitOutcome[]>) {
  return new TokenCommit({ commit } as unknown as TokenStore);
}

describe('commits (SANDBOX 3.7: nothing is answered before they are durable)', () => {
  test('of one turn are one write, and each learns its own outcome', async () => {
    const batches: number[] = [];
    const outcomes: CommitOutcome[] = ['committed', 'inactive', 'lost-claim'];
    const commits = over((commits) => (batches.push(commits.length), commits.map(({ at }) => outcomes[at] ?? 'inactive')));
    expect(await Promise.all([0, 1, 2].map((at) => commits.commit(aCommit([], { at }))))).toEqual(outcomes);
    expect(await commits.commit(aCommit([], { at: 0 }))).toBe('committed');
    expect(batches).toEqual([3, 1]);
  });

  test('wait for a store that takes its time', async () => {
    let isDurable = false;
    const commits = over(async (all) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      isDurable = true;
      return all.map(() => 'committed' as const);
    });
    expect(await commits.commit(aCommit([]))).toBe('committed');
    expect(isDurable).toBe(true);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('of a store that %s all fail: none is taken for stored', async (_how, commit) => {
    const commits = over(commit);
    const outcomes = await Promise.allSettled([commits.commit(aCommit([])), commits.commit(aCommit([]))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('an outcome that is missing is never success', async () => {
    expect(await over(() => []).commit(aCommit([]))).toBe('lost-claim');
  });
});
