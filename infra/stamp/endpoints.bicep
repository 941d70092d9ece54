// The endpoints of a stamp's network: one for each thing that the stamp calls.

import { zoneOf } from '../shared/names.bicep'

param location string
param tags object
param subnet string

@description('What is reached: its id, and the kind of service, which names the zone too.')
param targets { name: string, id: string, kind: 'table' | 'blob' | 'namespace' | 'vault' }[]

var zones = map(targets, target => zoneOf(target.kind))

resource endpoints 'Microsoft.Network/privateEndpoints@2024-10-01' = [for target in targets: {
  name: 'pe-${location}-${target.name}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnet }
    privateLinkServiceConnections: [
      #disable-next-line use-resource-id-functions // a parameter's
      { name: target.name, properties: { privateLinkServiceId: target.id, groupIds: [target.kind] } }
    ]
  }
}]

resource registrations 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-10-01' = [for (target, i) in targets: {
  parent: endpoints[i]
  name: 'stamp'
  properties: {
    privateDnsZoneConfigs: [
      { name: target.kind, properties: { privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', zones[i]) } }
    ]
  }
}]
