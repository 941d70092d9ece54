// What a parameter file may say. Every type is closed: a misspelt property is an error of the compiler.

@export()
@description('One region of the cluster.')
type region = {
  @description('The Azure region, such as koreacentral.')
  location: string

  @description('A stamp runs the whole app. A witness has storage only: it votes and keeps copies, so that two stamps survive the loss of a region.')
  role: 'stamp' | 'witness'

  @description('Letters of the storage nodes: more of them spread the keys further. An account that was lost is made anew under the same letter, and its node declared lost.')
  @minLength(1)
  nodes: string[]

  @description('Whether the region has availability zones: its accounts and its app are then spread over three.')
  zones: bool
}

@export()
@description('How large one stamp is.')
type scale = {
  @description('Most instances of one scale group. HTTP is one group; each queue and each timer is another.')
  @minValue(40)
  @maxValue(1000)
  instances: int

  @description('Memory of an instance, in MB.')
  memory: 512 | 2048 | 4096

  @description('Instances of the HTTP group that are always ready.')
  @minValue(0)
  @maxValue(20)
  ready: int

  @description('Requests of one instance at once.')
  @minValue(1)
  @maxValue(1000)
  concurrency: int

  @description('Plan of the SignalR Service: Free_F1 has 20 connections, a unit of the others 1,000; Premium_P1 is spread over zones.')
  signalR: 'Free_F1' | 'Standard_S1' | 'Premium_P1'

  @description('Units of the SignalR Service.')
  @minValue(1)
  @maxValue(100)
  units: int
}

@export()
@description('Whose tokens the API accepts, and how the page signs people in.')
type auth = {
  @description('The issuer that tokens name.')
  issuer: string

  @description('The audience that tokens name.')
  audience: string

  @description('Where the issuer publishes its keys: …/.well-known/openid-configuration.')
  metadata: string

  @description('The id of the page at the provider.')
  clientId: string

  @description('What the page asks for, such as "openid offline_access api://chat/use".')
  scope: string

  @description('Services that call with an app key. Only hashes of their secrets are known here.')
  services: service[]
}

type service = {
  key: string

  @description('SHA-256 of each valid secret, in hexadecimal; two while one is rotated.')
  @minLength(1)
  hashes: string[]
}

@export()
@description('Providers of notifications; what is left out is not used. Their secrets lie in the Key Vault under the names that infra/README.md lists.')
type providers = {
  apns: { teamId: string, keyId: string }?
  fcm: { projectId: string }?
  sms: { endpoint: string, from: string }?
  email: { host: string, from: string, user: string }?

  @description('Whether notifications carry signed links that tell of opening: needs the secret notifications-signing-key.')
  links: bool
}

@export()
@description('A storage node, as every stamp is told of it.')
type node = {
  id: string
  region: string
  account: string
}
