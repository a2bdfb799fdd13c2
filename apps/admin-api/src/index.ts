export { createAdminApi, type AdminApiOptions } from './admin-api.ts';
export { ADMIN_SESSION_LIMITS, type AdminSessionLimits } from './admin-sessions.ts';
export type { OpenIdLogin } from './open-id-sign-in.ts';
export type { AdminLog, AdminServices, ScriptCompiler } from './admin-services.ts';
export { FAILED_ATTEMPT_LIMITS, type FailedAttemptLimits } from './failed-attempts.ts';
