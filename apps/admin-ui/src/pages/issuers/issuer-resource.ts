import { useParams } from 'react-router';
import { useOfProfile } from '../../api/profile-resource.ts';
import { path } from '../../api/request.ts';

export function useIssuersOf() {
  return useOfProfile('token-issuers', 'issuers');
}

/** The token issuer in the address. */
export function useIssuerOf() {
  const issuers = useIssuersOf();
  const { issuer: id = '' } = useParams();
  const issuer = path`/${id}`;
  return {
    ...issuers,
    id,
    list: issuers.resource,
    home: issuers.address,
    resource: issuers.resource + issuer,
    address: issuers.address + issuer,
  };
}
