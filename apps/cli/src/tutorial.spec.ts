import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { tutorial } from './tutorial.ts';

const node = {
  url: 'https://localhost:8443',
  adminUrl: 'https://localhost:6749',
  certFile: '/srv/my data/tls/cert.pem',
  adminTokenFile: "/srv/it's/admin-token",
  exampleFile: '/opt/tokenwright/procedures/examples/phantom-token.js',
  workingDirectory: '/opt/tokenwright',
};

describe('the tutorial', () => {
  test('is accepted by a shell as it stands, whatever the paths', () => {
    execFileSync('bash', ['-n'], { input: commandsOf(tutorial(node)) });
  });

  test('trusts the generated certificate, and says nothing of certificates that need none', () => {
    expect(tutorial(node)).toContain("export CURL_CA_BUNDLE='/srv/my data/tls/cert.pem'");
    expect(tutorial({ ...node, certFile: null })).not.toContain('CURL_CA_BUNDLE');
  });

  test('names files below the working directory by their relative path', () => {
    expect(tutorial(node)).toContain('@procedures/examples/phantom-token.js');
    expect(tutorial({ ...node, workingDirectory: '/elsewhere' })).toContain('@/opt/tokenwright/procedures/examples/phantom-token.js');
  });

  test('keeps the exclamation mark of the demo secret in single quotes, so that no shell takes it for a command', () => {
    for (const line of tutorial(node).split('\n')) expect(line.replace(/'[^']*'/g, '')).not.toContain('!');
  });
});

function commandsOf(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}
