// Holds the connections of the region's devices. Every stamp pushes into it: a message is told where its readers are.

import { role } from '../shared/roles.bicep'
import { scale } from '../shared/types.bicep'

param location string
param name string
param tags object
param size scale
param workspaceId string

@description('Where the page is: no other page may connect.')
param origins string[]

param pushers { identity: string, principal: string }[]

var tier = { Free_F1: 'Free', Standard_S1: 'Standard', Premium_P1: 'Premium' }

resource signalR 'Microsoft.SignalRService/signalR@2024-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'SignalR'
  sku: { name: size.signalR, tier: tier[size.signalR], capacity: size.units }
  properties: {
    // No upstream: presence follows heartbeats, since signed calls back would need access keys.
    features: [{ flag: 'ServiceMode', value: 'Serverless' }]
    cors: { allowedOrigins: origins }
    disableAadAuth: false
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
    networkACLs: { defaultAction: 'Deny', publicNetwork: { allow: ['ClientConnection', 'RESTAPI'] } }
    resourceLogConfiguration: { categories: [{ name: 'ConnectivityLogs', enabled: 'true' }, { name: 'MessagingLogs', enabled: 'false' }] }
    tls: { clientCertEnabled: false }
  }
}

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for pusher in pushers: {
  scope: signalR
  name: guid(signalR.id, pusher.identity, role.signalRRestApiOwner)
  properties: {
    principalId: pusher.principal
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.signalRRestApiOwner)
    description: 'Negotiates connections, and pushes to users and groups.'
  }
}]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: signalR
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
