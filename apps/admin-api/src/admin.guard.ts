import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ADMINISTRATOR_ROLES, type AdministratorRole } from '#libs/oauth';
import { isOpen } from './authentication.ts';
import { JSON_TYPE } from './body-parsers.ts';
import { Problem } from './problem.ts';

const ROLE = 'admin-api:role';
const BODY_TYPES = 'admin-api:body-types';

/** The least role that may use a handler; without it only `admin` may. */
export const NeedsRole = (role: AdministratorRole) => SetMetadata(ROLE, role);

/** Media types of bodies that a handler takes; JSON only without it. */
export const TakesBodies = (...types: readonly string[]) => SetMetadata(BODY_TYPES, types);

/**
 * Refuses what the administrator's role does not allow, and bodies of a type that the handler does not take.
 * Who it is was found out before the body was read (`Authentication`); nobody there means no.
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isOpen(request)) return true;
    const handler = context.getHandler();
    const role = request.administrator?.role;
    if (role === undefined)
      throw new Problem('unauthorized', 'Send an administrator token.', { headers: { 'www-authenticate': 'Bearer realm="tokenwright"' } });
    requireRole(role, this.reflector.get<AdministratorRole | undefined>(ROLE, handler) ?? 'admin');
    requireBodyType(request, this.reflector.get<readonly string[] | undefined>(BODY_TYPES, handler) ?? [JSON_TYPE]);
    return true;
  }
}

/** @throws Problem `forbidden` when a role is less than another. */
export function requireRole(role: AdministratorRole, least: AdministratorRole): void {
  if (ADMINISTRATOR_ROLES.indexOf(role) >= ADMINISTRATOR_ROLES.indexOf(least)) return;
  throw new Problem('forbidden', `It needs the role "${least}"; this administrator has "${role}".`);
}

function requireBodyType(request: FastifyRequest, types: readonly string[]): void {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === undefined || request.body === undefined || types.includes(type)) return;
  throw new Problem('unsupported-media-type', `The resource takes ${types.join(', ')}.`);
}
