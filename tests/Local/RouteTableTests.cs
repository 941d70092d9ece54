using Serverless.Http;

namespace Serverless.Tests.Local;

public class RouteTableTests
{
    private readonly RouteTable _routes = new(typeof(ProbeFunctions).GetMethods().Concat(typeof(NotFoundFunctions).GetMethods()));

    [Theory]
    [InlineData("echo/a", "GET,PUT")]
    [InlineData("/ECHO/a/", "GET,PUT")]
    [InlineData("echo/a%2Fb", "GET,PUT")]
    [InlineData("echo", "")]
    [InlineData("echo/a/b", "")]
    [InlineData("query", "GET")]
    [InlineData("query/1", "GET")]
    [InlineData("int/1", "GET")]
    [InlineData("int/one", "")]
    [InlineData("probe-any", "DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void The_methods_of_a_path_are_those_of_the_functions_that_match_it(string? path, string methods) =>
        Assert.Equal(methods, string.Join(',', _routes.AllowedMethods(path)));

    [Fact]
    public void The_catch_all_is_no_route() => Assert.DoesNotContain(_routes.Routes, r => r.Function == "zz-not-found");
}
