// Three continents, each a whole stamp behind private networks; managed rules in front.

using 'main.bicep'

param name = 'svworld'
param kind = 'prod'
param regions = [
  { location: 'koreacentral', role: 'stamp', nodes: ['a', 'b'], zones: true }
  { location: 'westeurope', role: 'stamp', nodes: ['a', 'b'], zones: true }
  { location: 'eastus2', role: 'stamp', nodes: ['a', 'b'], zones: true }
]
param frontDoor = 'premium'
param isolated = true
param domain = { zone: 'serverless.example.com', host: 'chat' }
param scale = { instances: 64, memory: 4096, ready: 4, concurrency: 64, signalR: 'Premium_P1', units: 10 }
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
  apns: { teamId: 'TEAM000000', keyId: 'KEY0000000' }
  fcm: { projectId: 'serverless-world' }
  sms: { endpoint: 'https://serverless.communication.azure.com', from: '+15005550006' }
  email: { host: 'smtp.example.com', from: 'Serverless <no-reply@example.com>', user: 'serverless' }
  links: true
}
param publisher = readEnvironmentVariable('PUBLISHER_OBJECT_ID', '')
param mail = 'operators@example.com'
