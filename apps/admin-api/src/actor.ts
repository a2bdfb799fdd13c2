import type { Administrator } from '#libs/oauth';

/** Who makes a request: an administrator of the configuration, or somebody who signed in by OpenID Connect. */
export type Actor = Pick<Administrator, 'id' | 'role'>;
