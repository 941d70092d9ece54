// One region, the cheapest of everything: three nodes in three accounts, no front door, the free SignalR plan.

using 'main.bicep'

param name = 'svdev'
param kind = 'dev'
param regions = [
  { location: readEnvironmentVariable('AZURE_LOCATION', 'koreacentral'), role: 'stamp', nodes: ['a', 'b', 'c'], zones: false }
]
param frontDoor = 'none'
param scale = { instances: 40, memory: 2048, ready: 0, concurrency: 32, signalR: 'Free_F1', units: 1 }
param auth = {
  issuer: readEnvironmentVariable('AUTH_ISSUER', 'https://login.example.com')
  audience: readEnvironmentVariable('AUTH_AUDIENCE', 'api://chat')
  metadata: readEnvironmentVariable('AUTH_METADATA', 'https://login.example.com/.well-known/openid-configuration')
  clientId: readEnvironmentVariable('AUTH_CLIENT_ID', 'chat-page')
  scope: 'openid offline_access api://chat/use'
  services: []
}
param azdEnvironment = readEnvironmentVariable('AZURE_ENV_NAME', '')
