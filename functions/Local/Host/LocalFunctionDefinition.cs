using System.Collections.Immutable;
using Microsoft.Azure.Functions.Worker;

namespace Serverless.Local.Host;

/// <summary>What a function says of itself to the code that runs in it; one per function.</summary>
internal sealed class LocalFunctionDefinition(FunctionEntry function) : FunctionDefinition
{
    public override ImmutableArray<FunctionParameter> Parameters { get; } =
        [.. function.Method.GetParameters().Select(p => new FunctionParameter(p.Name!, p.ParameterType))];

    public override string PathToAssembly => function.Method.DeclaringType!.Assembly.Location;

    public override string EntryPoint => function.EntryPoint;

    public override string Id => function.Name;

    public override string Name => function.Name;

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; } =
        function.Method.GetParameters().Where(p => FunctionShape.TriggerOf(p) is not null)
            .ToImmutableDictionary(p => p.Name!, p => (BindingMetadata)new Trigger(p.Name!, TypeOf(function)));

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; } =
        ImmutableDictionary<string, BindingMetadata>.Empty;

    private static string TypeOf(FunctionEntry function) => function switch
    {
        HttpFunction => "httpTrigger",
        TimerFunction => "timerTrigger",
        _ => "serviceBusTrigger",
    };

    private sealed class Trigger(string name, string type) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => BindingDirection.In;
    }
}
