using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serverless.Kv;
using Serverless.Replication;

namespace Serverless.Tests.Replication.Consistency;

/// <summary>The functions of the key-value store over a coordinator of a memory cluster, asked as HTTP asks them.</summary>
internal sealed class KvInMemory
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddLogging().BuildServiceProvider();

    private readonly KvFunctions _functions;

    public KvInMemory(MemoryCluster cluster, ReplicatedStore store)
    {
        var options = Options.Create(cluster.Options);
        _functions = new KvFunctions(new KvStore(store, cluster.Registers(), options, cluster.Clock), options);
    }

    /// <summary>The answer in a few words: status, and who gave it or what is missing.</summary>
    public async Task<string> GetAsync(string key, string query)
    {
        var context = Context("GET", query);
        return await SayAsync(context, await _functions.Get(context.Request, key));
    }

    /// <inheritdoc cref="GetAsync"/>
    public async Task<string> PutAsync(string key, string query)
    {
        var context = Context("PUT", query);
        var value = Encoding.UTF8.GetBytes("v");
        (context.Request.Body, context.Request.ContentLength, context.Request.ContentType) = (new MemoryStream(value), value.Length, "text/plain");
        return await SayAsync(context, await _functions.Put(context.Request, key));
    }

    private static DefaultHttpContext Context(string method, string query)
    {
        var context = new DefaultHttpContext { RequestServices = Services };
        (context.Request.Method, context.Request.QueryString, context.Response.Body) = (method, new QueryString(query), new MemoryStream());
        return context;
    }

    private static async Task<string> SayAsync(DefaultHttpContext context, IResult result)
    {
        await result.ExecuteAsync(context);
        var status = context.Response.StatusCode;
        if (status < 400)
            return $"{status}, {context.Response.Headers[KvAnswers.ModeHeader]}";

        context.Response.Body.Position = 0;
        using var problem = await JsonDocument.ParseAsync(context.Response.Body);
        var type = problem.RootElement.GetProperty("type").GetString()!.Split(':')[^1];
        return $"{status} {type}, {problem.RootElement.GetProperty("answered")} of {problem.RootElement.GetProperty("needed")}";
    }
}
