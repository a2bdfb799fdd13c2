-- Asks the forward-auth endpoint whether a request may pass. Goes with forward-auth.cfg; copy to /etc/haproxy/.

-- The section "tokenwright" of forward-auth.cfg.
local ENDPOINT = 'http://127.0.0.1:8001/oauth/v2/oauth-forward-auth'
local CREDENTIALS = 'Basic Z2F0ZXdheV9jbGllbnQ6U2VjcjN0IQ=='
local MILLISECONDS = 4000

-- The claims that the endpoint tells, as in its claimHeaders.
local TOLD = { 'x-token-subject' }

local function first(headers, name)
  local values = headers[name]
  return values and values[0]
end

-- @param scope what the location asks of a token: names with %20 between, or - for nothing
core.register_action('may_pass', { 'http-req' }, function(txn, scope)
  local sent = txn.http:req_get_headers()
  local asked = {
    ['host'] = { 'localhost' },
    ['gateway-authorization'] = { CREDENTIALS },
    ['x-forwarded-method'] = { txn.f:method() },
    ['x-forwarded-uri'] = { txn.f:pathq() },
    ['x-forwarded-host'] = { first(sent, 'host') },
    ['x-forwarded-proto'] = { txn.f:ssl_fc() == 1 and 'https' or 'http' },
  }
  for _, name in ipairs({ 'authorization', 'dpop' }) do
    if first(sent, name) and sent[name][1] == nil then asked[name] = { first(sent, name) } end
  end

  local answer = core.httpclient():get({ url = ENDPOINT .. '?scope=' .. (scope == '-' and '' or scope), headers = asked, timeout = MILLISECONDS })

  -- Whatever comes, nothing that the client has sent under these names goes on.
  for _, name in ipairs({ 'authorization', 'dpop', 'gateway-authorization' }) do txn.http:req_del_header(name) end
  for _, name in ipairs(TOLD) do
    txn.http:req_del_header(name)
    txn.http:req_del_header((name:gsub('-', '_')))
  end
  if answer and answer.status == 200 then
    txn.http:req_set_header('Authorization', first(answer.headers, 'authorization') or '')
    for _, name in ipairs(TOLD) do txn.http:req_set_header(name, first(answer.headers, name) or '') end
    return
  end

  local refused = answer and (answer.status == 401 or answer.status == 403)
  local reply = txn:reply({ status = refused and answer.status or 503 })
  local challenge = refused and first(answer.headers, 'www-authenticate')
  if challenge then reply:add_header('WWW-Authenticate', challenge) end
  txn:done(reply)
end, 1)
