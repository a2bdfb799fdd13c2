import { X509Certificate } from 'node:crypto';
import { Option, type Command } from 'commander';
import { CERTIFICATE_SUBJECT_KINDS, certificateThumbprint, CLIENT_AUTHENTICATION_METHODS, CLIENT_CAPABILITIES } from '#libs/oauth';
import { readText } from '../admin-client.ts';
import { UsageError } from '../command-error.ts';
import { pairs, several, wholeNumber } from '../flags.ts';
import type { Terminal } from '../terminal.ts';

/** Flags that say members of a client, one by one. */
export interface MemberFlags {
  readonly name?: string;
  readonly description?: string;
  readonly capability?: readonly string[];
  readonly scope?: readonly string[];
  readonly audience?: readonly string[];
  readonly property?: readonly string[];
  readonly accessTokenFormat?: string;
  readonly accessTokenLifetime?: string;
  readonly authenticationMethod?: readonly string[];
  readonly jwksFile?: string;
  readonly jwksUri?: string;
  readonly certificateSubject?: string;
  readonly certificate?: readonly string[];
}

/** Adds the flags of `MemberFlags`. */
export function withMembers(command: Command): Command {
  return command
    .addOption(new Option('--capability <word>', `what it may do: ${CLIENT_CAPABILITIES.join(', ')}; may be repeated`).argParser(several))
    .addOption(new Option('--scope <scope>', 'scope it may have; may be repeated').argParser(several))
    .addOption(new Option('--audience <audience>', 'audience of its tokens; may be repeated').argParser(several))
    .addOption(new Option('--property <name=text>', 'for procedures; may be repeated').argParser(several))
    .option('--name <name>', 'for people (default: the id)')
    .option('--description <text>', 'for people')
    .option('--access-token-format <format>', "opaque, jwt or wrapped-opaque (default: the profile's)")
    .option('--access-token-lifetime <seconds>', "(default: the profile's)")
    .addOption(
      new Option(
        '--authentication-method <method>',
        `how it may authenticate: ${CLIENT_AUTHENTICATION_METHODS.join(', ')}; may be repeated (default: its secret, in header or form)`,
      ).argParser(several),
    )
    .option('--jwks-file <file>', 'its public keys as a JWK set, - for standard input')
    .option('--jwks-uri <url>', 'where it publishes its public keys instead')
    .option('--certificate-subject <kind=value>', `whom its TLS certificate must name: ${CERTIFICATE_SUBJECT_KINDS.join(', ')}`)
    .addOption(new Option('--certificate <file>', 'self-signed TLS certificate of its own in PEM; may be repeated').argParser(several));
}

/** The members that flags say, undefined where they say nothing. @throws UsageError */
export async function saidMembers(flags: MemberFlags, terminal: Terminal): Promise<Readonly<Record<string, unknown>>> {
  const { name, description, capability, scope, audience, property, accessTokenFormat, accessTokenLifetime } = flags;
  return {
    name,
    description,
    capabilities: capability,
    scopes: scope,
    audiences: audience,
    properties: property === undefined ? undefined : pairs('--property', property),
    accessTokenFormat,
    accessTokenLifetime: accessTokenLifetime === undefined ? undefined : wholeNumber('--access-token-lifetime', accessTokenLifetime),
    authentication: await authenticationOf(flags, terminal),
  };
}

/** Undefined where nothing is said of it. What must go together is for the service to say. */
async function authenticationOf(flags: MemberFlags, terminal: Terminal): Promise<Record<string, unknown> | undefined> {
  const { authenticationMethod: methods, jwksFile, jwksUri, certificateSubject, certificate } = flags;
  const rest = [jwksFile, jwksUri, certificateSubject, certificate];
  if (methods === undefined) {
    if (rest.some((flag) => flag !== undefined)) throw new UsageError('keys and certificates need --authentication-method');
    return undefined;
  }
  return {
    methods,
    jwks:
      jwksFile === undefined ? undefined : jsonFrom(jwksFile, jwksFile === '-' ? await terminal.read() : readText(jwksFile, 'the keys')),
    jwksUri,
    certificateSubject: certificateSubject === undefined ? undefined : subjectOf(certificateSubject),
    certificates: certificate?.map((file) => thumbprintOf(file, readText(file, 'the certificate'))),
  };
}

function jsonFrom(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--jwks-file ${file} must hold JSON: { "keys": [...] }`);
  }
}

function subjectOf(text: string): { readonly kind: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--certificate-subject must be kind=value, such as san_dns=client.example.com, not "${text}"`);
  return { kind: text.slice(0, at), value: text.slice(at + 1) };
}

function thumbprintOf(file: string, pem: string): string {
  try {
    return certificateThumbprint(new X509Certificate(pem));
  } catch {
    throw new UsageError(`--certificate ${file} must hold a certificate in PEM`);
  }
}
