using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Serverless.Http;
using Serverless.Local.Host;

namespace Serverless.Tests.Contracts;

/// <summary>The functions have the shapes that behave alike on both heads.</summary>
public class FunctionShapeTests
{
    [Fact]
    public void Every_function_has_one_trigger_and_a_name_of_its_own()
    {
        Assert.NotEmpty(AppFunctions.Http);
        Assert.NotEmpty(AppFunctions.Timers);
        Assert.Equal(
            AppFunctions.All.Select(AppFunctions.NameOf).Order(StringComparer.Ordinal),
            AppFunctions.Http.Concat(AppFunctions.Timers).Concat(AppFunctions.Queues).Select(AppFunctions.NameOf).Order(StringComparer.Ordinal));
        Assert.Distinct(AppFunctions.All.Select(AppFunctions.NameOf), StringComparer.OrdinalIgnoreCase);
        Assert.All(AppFunctions.All, m => Assert.True(m.IsPublic && m.DeclaringType!.IsVisible, AppFunctions.NameOf(m)));
    }

    [Fact]
    public void HTTP_functions_take_a_request_and_route_values_and_return_a_result() => Assert.All(AppFunctions.Http, method =>
    {
        var route = AppFunctions.RouteOf(method);
        var (first, rest) = (method.GetParameters()[0], method.GetParameters().Skip(1).Where(p => p.ParameterType != typeof(FunctionContext)));
        Assert.Equal(typeof(HttpRequest), first.ParameterType);
        Assert.True(first.IsDefined(typeof(HttpTriggerAttribute)));
        Assert.All(rest, p => Assert.True(p.ParameterType == typeof(string) && route.Contains($"{{{p.Name}}}", StringComparison.Ordinal), $"{AppFunctions.NameOf(method)}: {p}"));
        Assert.Contains(method.ReturnType, new[] { typeof(IResult), typeof(Task<IResult>) });
        Assert.Equal(AuthorizationLevel.Anonymous, AppFunctions.TriggerOf<HttpTriggerAttribute>(method).AuthLevel);
        Assert.NotEmpty(AppFunctions.TriggerOf<HttpTriggerAttribute>(method).Methods ?? []);
    });

    [Fact]
    public void HTTP_functions_state_who_may_call_them_and_what_they_do() => Assert.All(AppFunctions.Http, method =>
    {
        Assert.True(method.IsDefined(typeof(AccessAttribute)), AppFunctions.NameOf(method));
        Assert.Equal(!AppFunctions.IsCatchAll(method), method.IsDefined(typeof(OperationAttribute)));
    });

    // Who is admitted is read from the function's name: a rule for oneself needs a route that says who that is.
    [Fact]
    public void A_rule_for_oneself_stands_only_where_the_route_names_a_user() => Assert.All(
        AppFunctions.Http.Where(m => m.GetCustomAttribute<AccessAttribute>()!.Access.HasFlag(Access.Self)),
        method => Assert.Contains("{user}", AppFunctions.RouteOf(method), StringComparison.Ordinal));

    [Fact]
    public void Functions_that_create_take_an_idempotency_key() => Assert.All(
        AppFunctions.Http.Where(m => !AppFunctions.IsCatchAll(m)),
        method => Assert.Equal(AppFunctions.Creates(method), method.IsDefined(typeof(IdempotentAttribute))));

    [Fact]
    public void A_key_belongs_to_a_caller() => Assert.All(
        AppFunctions.Http.Where(m => m.IsDefined(typeof(IdempotentAttribute))),
        method => Assert.NotEqual(Access.Anyone, method.GetCustomAttribute<AccessAttribute>()!.Access));

    [Fact]
    public void Timers_take_their_timer_and_can_be_cancelled() => Assert.All(AppFunctions.Timers, method =>
    {
        Assert.Equal(typeof(TimerInfo), method.GetParameters()[0].ParameterType);
        RunsInTheBackground(method);
    });

    [Fact]
    public void Queue_functions_take_a_message_and_can_be_cancelled() => Assert.All(AppFunctions.Queues, method =>
    {
        Assert.True(method.GetParameters()[0].IsDefined(typeof(ServiceBusTriggerAttribute)));
        Assert.NotNull(AppFunctions.TriggerOf<ServiceBusTriggerAttribute>(method).QueueName);
        RunsInTheBackground(method);
    });

    [Fact]
    public void No_two_routes_overlap() => Assert.Empty(RouteOverlap.Errors(FunctionCatalog.OfApp().Http));

    [Fact]
    public void The_catch_all_sorts_after_every_other_function() =>
        Assert.Equal("zz-not-found", AppFunctions.Http.Select(AppFunctions.NameOf).Max(StringComparer.OrdinalIgnoreCase));

    [Fact]
    public void Both_heads_read_the_same_functions()
    {
        var catalog = FunctionCatalog.OfApp();
        Assert.Equal(
            AppFunctions.All.Select(AppFunctions.NameOf).Order(StringComparer.Ordinal),
            catalog.Http.Select(f => f.Name).Concat(catalog.Timers.Select(f => f.Name)).Concat(catalog.Queues.Select(f => f.Name)).Order(StringComparer.Ordinal));
    }

    private static void RunsInTheBackground(MethodInfo method)
    {
        var rest = method.GetParameters().Skip(1).Select(p => p.ParameterType).ToList();
        Assert.Contains(typeof(CancellationToken), rest);
        Assert.Empty(rest.Except([typeof(FunctionContext), typeof(CancellationToken)]));
        Assert.Equal(typeof(Task), method.ReturnType);
    }
}
