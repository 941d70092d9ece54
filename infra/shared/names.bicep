// How everything is called. A hash makes what must be unique in the world unique, and stays the same for one subscription, name and region.

@export()
func hashOf(name string, location string) string => uniqueString(subscription().id, name, location)

@export()
func groupOf(name string, part string) string => 'rg-${name}-${part}'

@export()
func resourceOf(kind string, name string, location string) string => '${kind}-${name}-${location}-${take(hashOf(name, location), 5)}'

@export()
@description('Storage accounts: 3 to 24 small letters and digits. The first letters tell what it is for.')
func accountOf(kind string, name string, location string) string => '${kind}${name}${hashOf(name, location)}'

@export()
func nodeOf(location string, letter string) string => '${location}-${letter}'

@export()
func serviceBusOf(name string, location string) string => resourceOf('sb', name, location)

@export()
func signalROf(name string, location string) string => resourceOf('sigr', name, location)

@export()
func appOf(name string, location string) string => resourceOf('func', name, location)

@export()
@description('The private zone of a kind of service.')
func zoneOf(kind string) string => {
  table: 'privatelink.table.${environment().suffixes.storage}'
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  namespace: 'privatelink.servicebus.windows.net'
  vault: 'privatelink.vaultcore.azure.net'
}[kind]

@export()
func tagsOf(name string, environment string, part string) object => {
  product: 'serverless'
  environment: environment
  name: name
  part: part
}
