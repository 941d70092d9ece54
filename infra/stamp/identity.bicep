// Who a stamp is. It exists before all else, since everything else says what it may do.

param location string
param name string
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output principal string = identity.properties.principalId
output client string = identity.properties.clientId
