using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Tests.Contracts;

namespace Serverless.Tests.Http;

public class IdempotentFunctionsTests
{
    private readonly DefaultHttpContext _http = new();
    private int _remembered;
    private int _runs;

    [Theory]
    [InlineData("ids-issue", "k", true, true)]
    [InlineData("IDS-issue", "", true, true)]
    [InlineData("ids-issue", null, true, false)]
    [InlineData("ids-issue", "k", false, false)]
    [InlineData("ids-decode", "k", true, false)]
    [InlineData("nothing", "k", true, false)]
    public async Task Only_a_key_of_a_known_caller_for_a_marked_function_is_remembered(string function, string? key, bool isKnown, bool remembered)
    {
        if (key is not null)
            _http.Request.Headers["Idempotency-Key"] = key;
        if (isKnown)
            _http.Features.Set<Caller>(new Caller.Service("shop"));
        var functions = new IdempotentFunctions(AppFunctions.Http, (http, _, caller, next) =>
        {
            _remembered++;
            Assert.Equal("shop", caller.Id);
            return next(http);
        });
        await functions.RunAsync(_http, function, Run);
        Assert.Equal((remembered ? 1 : 0, 1), (_remembered, _runs));
    }

    [Fact]
    public async Task While_nothing_remembers_keys_functions_run()
    {
        _http.Request.Headers["Idempotency-Key"] = "k";
        _http.Features.Set<Caller>(new Caller.Service("shop"));
        await new IdempotentFunctions(AppFunctions.Http, null).RunAsync(_http, "ids-issue", Run);
        Assert.Equal(1, _runs);
    }

    private Task Run(HttpContext http)
    {
        _runs++;
        return Task.CompletedTask;
    }
}
