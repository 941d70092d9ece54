using Azure.Core;
using Azure.Core.Serialization;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace Microsoft.Azure.SignalR
{
    public enum EndpointType
    {
        Primary,
        Secondary,
    }

    public class ServiceEndpoint
    {
        public ServiceEndpoint(
            Uri endpoint, TokenCredential credential, EndpointType endpointType = EndpointType.Primary, string name = "", Uri? serverEndpoint = null, Uri? clientEndpoint = null) =>
            throw new PlatformNotSupportedException();
    }
}

namespace Microsoft.Azure.SignalR.Management
{
    public enum ServiceTransportType
    {
        Transient,
        Persistent,
    }

    public class ServiceManagerOptions
    {
        public ServiceEndpoint[]? ServiceEndpoints { get; set; }

        public ServiceTransportType ServiceTransportType { get; set; }

        public void UseJsonObjectSerializer(ObjectSerializer objectSerializer) => throw new PlatformNotSupportedException();
    }

    public class ServiceManagerBuilder
    {
        public ServiceManagerBuilder WithOptions(Action<ServiceManagerOptions> configure) => throw new PlatformNotSupportedException();

        public ServiceManager BuildServiceManager() => throw new PlatformNotSupportedException();
    }

    public abstract class ServiceManager : IDisposable
    {
        public abstract Task<ServiceHubContext> CreateHubContextAsync(string hubName, CancellationToken cancellationToken);

        public abstract void Dispose();
    }

    public abstract class ServiceHubContext
    {
        public virtual IHubClients Clients => throw new PlatformNotSupportedException();

        public virtual UserGroupManager UserGroups => throw new PlatformNotSupportedException();

        public virtual ValueTask<NegotiationResponse> NegotiateAsync(NegotiationOptions? negotiationOptions = null, CancellationToken cancellationToken = default) =>
            throw new PlatformNotSupportedException();
    }

    public abstract class UserGroupManager
    {
        public abstract Task AddToGroupAsync(string userId, string groupName, TimeSpan ttl, CancellationToken cancellationToken = default);

        public abstract Task RemoveFromGroupAsync(string userId, string groupName, CancellationToken cancellationToken = default);
    }

    public class NegotiationOptions
    {
        public string? UserId { get; set; }

        public TimeSpan TokenLifetime { get; set; }
    }
}
