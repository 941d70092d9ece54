// The stamp's queues. How they deliver is said in one file, which the local head reads too.

import { role } from '../shared/roles.bicep'

param location string
param name string
param tags object
param isolated bool
param workspaceId string
param identity { identity: string, principal: string }

var settings = loadJsonContent('../../functions/App/Queues/queues.json')
var needs = [
  { role: role.serviceBusDataSender, need: 'Puts messages on the stamp\'s queues.' }
  { role: role.serviceBusDataReceiver, need: 'The host receives and settles them.' }
]

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags

  // Private endpoints are to be had with Premium only.
  sku: isolated ? { name: 'Premium', tier: 'Premium', capacity: 1 } : { name: 'Standard', tier: 'Standard' }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isolated ? 'Disabled' : 'Enabled'
  }

  resource queue 'queues' = [for queue in settings.queues: {
    name: queue
    properties: {
      lockDuration: 'PT${settings.lockSeconds}S'
      maxDeliveryCount: settings.maxDeliveryCount
      defaultMessageTimeToLive: 'P${settings.lifeDays}D'
      deadLetteringOnMessageExpiration: true
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: 'PT${settings.duplicateMinutes}M'
      maxSizeInMegabytes: 5120
    }
  }]
}

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in needs: {
  scope: namespace
  name: guid(namespace.id, identity.identity, grant.role)
  properties: {
    principalId: identity.principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
    description: grant.need
  }
}]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = namespace.id
