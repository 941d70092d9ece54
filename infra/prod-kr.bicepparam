// Korea and Japan serve; a third region keeps copies and votes. Any one of the three may be lost.

using 'main.bicep'

param name = 'svkr'
param kind = 'prod'
param regions = [
  { location: 'koreacentral', role: 'stamp', nodes: ['a', 'b'], zones: true }
  { location: 'japaneast', role: 'stamp', nodes: ['a', 'b'], zones: true }
  { location: 'southeastasia', role: 'witness', nodes: ['a', 'b'], zones: true }
]
param frontDoor = 'standard'
param scale = { instances: 64, memory: 2048, ready: 2, concurrency: 64, signalR: 'Standard_S1', units: 5 }
param auth = {
  issuer: readEnvironmentVariable('AUTH_ISSUER', 'https://login.example.com')
  audience: readEnvironmentVariable('AUTH_AUDIENCE', 'api://chat')
  metadata: readEnvironmentVariable('AUTH_METADATA', 'https://login.example.com/.well-known/openid-configuration')
  clientId: readEnvironmentVariable('AUTH_CLIENT_ID', 'chat-page')
  scope: 'openid offline_access api://chat/use'
  services: [
    { key: 'shop', hashes: [readEnvironmentVariable('SHOP_SECRET_HASH', '0000000000000000000000000000000000000000000000000000000000000000')] }
  ]
}
param providers = {
  email: { host: 'smtp.example.com', from: 'Serverless <no-reply@example.com>', user: 'serverless' }
  links: true
}
param publisher = readEnvironmentVariable('PUBLISHER_OBJECT_ID', '')
param mail = 'operators@example.com'
