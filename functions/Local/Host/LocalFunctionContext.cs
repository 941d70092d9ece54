using System.Collections;
using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>The context of one invocation in the local head.</summary>
internal sealed class LocalFunctionContext(
    LocalFunctionDefinition definition,
    string invocationId,
    IServiceProvider services,
    IReadOnlyDictionary<string, object?> bindingData,
    CancellationToken cancellationToken) : FunctionContext
{
    // The key under which the worker keeps the request, so GetHttpContext() works on both heads.
    private const string HttpKey = "HttpRequestContext";

    public override string InvocationId { get; } = invocationId;

    public override string FunctionId => definition.Id;

    public override TraceContext TraceContext { get; } = new LocalTrace(Activity.Current?.Id ?? "", Activity.Current?.TraceStateString ?? "");

    public override BindingContext BindingContext { get; } = new LocalBinding(bindingData);

    public override RetryContext RetryContext { get; } = new NoRetry();

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override FunctionDefinition FunctionDefinition => definition;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features { get; } = new LocalFeatures();

    public override CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The context of an HTTP function, which ends with the client's connection.</summary>
    public static LocalFunctionContext OfHttp(LocalFunctionDefinition definition, string invocationId, HttpContext http)
    {
        var context = new LocalFunctionContext(definition, invocationId, http.RequestServices, http.Request.RouteValues, http.RequestAborted);
        context.Items[HttpKey] = http;
        return context;
    }

    private sealed class LocalTrace(string parent, string state) : TraceContext
    {
        public override string TraceParent => parent;

        public override string TraceState => state;
    }

    private sealed class LocalBinding(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    private sealed class NoRetry : RetryContext
    {
        public override int RetryCount => 0;

        public override int MaxRetryCount => 0;
    }

    private sealed class LocalFeatures : IInvocationFeatures
    {
        private readonly Dictionary<Type, object> _features = [];

        public void Set<T>(T instance) => _features[typeof(T)] = instance!;

        public T? Get<T>() => _features.TryGetValue(typeof(T), out var feature) ? (T)feature : default;

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
