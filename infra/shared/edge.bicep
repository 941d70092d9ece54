// The front door itself, before there is anything behind it: stamps need its host name and its id.

param name string
param location string
param tags object
param tier 'standard' | 'premium'
param workspaceId string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${name}'
  location: location
  tags: tags
}

resource profile 'Microsoft.Cdn/profiles@2025-06-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: { name: tier == 'premium' ? 'Premium_AzureFrontDoor' : 'Standard_AzureFrontDoor' }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: { originResponseTimeoutSeconds: 60 }

  resource endpoint 'afdEndpoints' = {
    name: name
    location: 'global'
    tags: tags
    properties: { enabledState: 'Enabled' }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: profile
  name: 'workspace'
  properties: {
    workspaceId: workspaceId

    // Every request, and what the firewall decided. Probes, some 190 a period and stamp, are counted in the metrics.
    logs: [
      { category: 'FrontDoorAccessLog', enabled: true }
      { category: 'FrontDoorWebApplicationFirewallLog', enabled: true }
    ]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output host string = profile::endpoint.properties.hostName
output frontDoorId string = profile.properties.frontDoorId
output identity string = identity.id
output principal string = identity.properties.principalId
output id string = profile.id
