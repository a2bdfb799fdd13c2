import { entityKey } from '../../configuration/entities.ts';
import type { AccountLinkStore } from '../../people-stores.ts';
import type { OAuthResponse } from '../../transport/exchange.ts';
import { parameter } from '../../transport/form.ts';
import type { OwnSession } from '../login-sessions.ts';
import type { AccountNews } from '../pages/account-view.ts';
import type { ShownLinks } from '../pages/links-view.ts';
import { seeOther } from '../pages/page.ts';
import { PageError, type Visit } from '../visit.ts';
import { UpstreamError } from './upstream-client.ts';
import { nameOf, type UpstreamLogin } from './upstream-login.ts';

/** Seconds after signing in within which a way to sign in may be added: it outlives the session that somebody may have got hold of. */
const RECENT = 900;

/** What people do about the providers that their accounts are linked to. */
export class AccountLinks {
  constructor(
    private readonly stores: { readonly links: AccountLinkStore },
    private readonly upstream: UpstreamLogin,
    private readonly clock: () => number,
  ) {}

  async shown(visit: Visit, subject: string): Promise<ShownLinks> {
    const { profile } = visit.route;
    const upstreams = [...profile.upstreams.values()];
    const links = await this.stores.links.list(profile.id, subject);
    const linked = links.map(({ issuer, subject: person, createdAt, lastUsedAt }) => {
      const upstream = upstreams.find(({ settings }) => settings.issuer === issuer);
      const text = upstream === undefined ? (URL.parse(issuer)?.host ?? issuer) : nameOf(upstream, visit.look.locale);
      return { issuer, subject: person, text, since: createdAt, lastUsed: lastUsedAt };
    });
    const offered = this.upstream.offered(visit).filter(({ name }) => {
      const issuer = profile.upstreams.get(name)?.settings.issuer;
      return !links.some((link) => link.issuer === issuer);
    });
    return { linked, offered };
  }

  /** Who has signed in long ago signs in again first. */
  async begin(visit: Visit, session: OwnSession): Promise<AccountNews | { readonly response: OAuthResponse }> {
    const provider = parameter(visit.form, 'provider') ?? '';
    if (session.authenticatedAt < this.clock() - RECENT) return { response: seeOther(`${visit.look.base}/login`) };
    try {
      return { response: this.upstream.onward(visit, await this.upstream.begin({ ...visit, asked: null }, provider, session.id)) };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return 'link-failed';
    }
  }

  /** The last way to sign in stays. Other browsers are signed out, as by a new password. */
  async remove({ form, route }: Visit, { subject: account, hash }: OwnSession): Promise<AccountNews> {
    const [issuer, subject] = [parameter(form, 'issuer'), parameter(form, 'subject')];
    if (issuer === undefined || subject === undefined) throw new PageError(400, 'unreadable');
    const profile = route.profile.id;
    const outcome = await this.stores.links.remove(
      { profile, issuer, subject, account },
      { keeps: hash, unlessLast: true },
      {
        ...{ at: this.clock(), actor: 'person', action: 'account.unlink', kind: 'account', key: entityKey(profile, account) },
        ...{ before: { issuer }, after: null },
      },
    );
    return outcome === 'last' ? 'link-last' : 'unlinked';
  }
}
