using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;
using Serverless.Local.Host;

namespace Serverless.Tests.Local;

public class FunctionCatalogTests
{
    [Fact]
    public void The_app_passes() => Assert.Contains(FunctionCatalog.OfApp().Http, f => f.Name == "zz-not-found");

    [Fact]
    public void Every_trigger_is_found_with_its_data()
    {
        var catalog = FunctionCatalog.OfTypes(typeof(Good), typeof(NotFoundFunctions));

        Assert.Equal(["a-http", "zz-not-found"], catalog.Http.Select(f => f.Name));
        Assert.Equal(("things/{id}", "GET"), (catalog.Http[0].Route, catalog.Http[0].Methods!.Single()));
        Assert.Equal(("0 * * * * *", true), (catalog.Timers.Single().Schedule, catalog.Timers.Single().RunOnStartup));
        Assert.Equal(
            [("batch", true, typeof(Message)), ("%One%", false, typeof(string))],
            catalog.Queues.Select(q => (q.Queue, q.IsBatched, q.MessageType)));
    }

    [Theory]
    [InlineData(typeof(TakesInt), "takes Int32 id")]
    [InlineData(typeof(TakesCancellation), "takes CancellationToken cancel")]
    [InlineData(typeof(ReturnsText), "returns String")]
    [InlineData(typeof(TakesMessage), "take HttpRequest")]
    [InlineData(typeof(NoTrigger), "has 0 triggers")]
    [InlineData(typeof(OddTimer), "take TimerInfo")]
    [InlineData(typeof(TalkativeTimer), "returns Task`1")]
    [InlineData(typeof(ArrayWithoutBatch), "set IsBatched")]
    [InlineData(typeof(BatchWithoutArray), "take an array")]
    [InlineData(typeof(SettlesItself), "settles its messages itself")]
    [InlineData(typeof(Hidden), "must be a public method")]
    [InlineData(typeof(SameName), "The function name same is taken 2 times")]
    [InlineData(typeof(BadRoute), "cannot be read")]
    public void A_function_that_would_not_run_alike_on_both_heads_stops_the_start(Type type, string reason)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => FunctionCatalog.OfTypes(type));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/{x}", "a/{y}", true)]
    [InlineData("a/{x}", "a/b", true)]
    [InlineData("A/b", "a/B", true)]
    [InlineData("a/{x?}", "a", true)]
    [InlineData("a/{*rest}", "a/b/c", true)]
    [InlineData("a/{*rest}", "a", true)]
    [InlineData("a/{x:int}", "a/{y:guid}", true)]
    [InlineData("a/{x}", "a/{y}/c", false)]
    [InlineData("a/{x}/b", "a/{y}/c", false)]
    [InlineData("a", "b", false)]
    public void Routes_that_one_request_would_match_overlap(string left, string right, bool overlap)
    {
        var errors = RouteOverlap.Errors([Http("left", left, "GET"), Http("right", right, "GET", "PUT")]);

        Assert.Equal(overlap, errors.Any());
    }

    [Fact]
    public void Routes_of_different_methods_do_not_overlap() =>
        Assert.Empty(RouteOverlap.Errors([Http("left", "a/{x}", "GET"), Http("right", "a/{x}", "PUT"), Http("zz-not-found", "{*path}", "GET")]));

    [Fact]
    public void A_name_after_the_catch_all_is_refused() =>
        Assert.Single(RouteOverlap.Errors([Http("zzz", "a", "GET"), Http("zz-not-found", "{*path}", "GET")]));

    private static HttpFunction Http(string name, string route, params string[] methods) =>
        new(name, typeof(Good).GetMethod(nameof(Good.Http))!, route, methods, AuthorizationLevel.Anonymous);

    public record Message(string Text);

    public class Good
    {
        [Function("a-http")]
        public Task<IResult> Http([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{id}")] HttpRequest r, string id, FunctionContext c) =>
            throw new NotSupportedException();

        [Function("timer")]
        public void Timer([TimerTrigger("0 * * * * *", RunOnStartup = true)] TimerInfo t, FunctionContext c, CancellationToken cancel) =>
            throw new NotSupportedException();

        [Function("queue-one")]
        public Task One([ServiceBusTrigger("%One%")] string text) => throw new NotSupportedException();

        [Function("queue-batch")]
        public Task Batch([ServiceBusTrigger("batch", IsBatched = true)] Message[] messages, CancellationToken cancel) => throw new NotSupportedException();
    }

    public class TakesInt
    {
        [Function("x")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{id}")] HttpRequest r, int id) => throw new NotSupportedException();
    }

    public class TakesCancellation
    {
        [Function("x")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest r, CancellationToken cancel) => throw new NotSupportedException();
    }

    public class ReturnsText
    {
        [Function("x")]
        public string Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest r) => throw new NotSupportedException();
    }

    public class TakesMessage
    {
        [Function("x")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous)] Message m) => throw new NotSupportedException();
    }

    public class NoTrigger
    {
        [Function("x")]
        public void Run() => throw new NotSupportedException();
    }

    public class OddTimer
    {
        [Function("x")]
        public void Run([TimerTrigger("0 * * * * *")] string t) => throw new NotSupportedException();
    }

    public class TalkativeTimer
    {
        [Function("x")]
        public Task<int> Run([TimerTrigger("0 * * * * *")] TimerInfo t) => throw new NotSupportedException();
    }

    public class ArrayWithoutBatch
    {
        [Function("x")]
        public void Run([ServiceBusTrigger("q")] Message[] m) => throw new NotSupportedException();
    }

    public class BatchWithoutArray
    {
        [Function("x")]
        public void Run([ServiceBusTrigger("q", IsBatched = true)] Message m) => throw new NotSupportedException();
    }

    public class SettlesItself
    {
        [Function("x")]
        public void Run([ServiceBusTrigger("q", AutoCompleteMessages = false)] Message m) => throw new NotSupportedException();
    }

    public class SameName
    {
        [Function("same")]
        public void One([ServiceBusTrigger("q")] Message m) => throw new NotSupportedException();

        [Function("SAME")]
        public void Two([ServiceBusTrigger("q")] Message m) => throw new NotSupportedException();
    }

    public class BadRoute
    {
        [Function("x")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, Route = "a/{b")] HttpRequest r) => throw new NotSupportedException();
    }

    internal sealed class Hidden
    {
        [Function("x")]
        public void Run([ServiceBusTrigger("q")] Message m) => throw new NotSupportedException();
    }
}
