using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Serverless.Local.Cloud;
using Serverless.Local.FrontDoor;

namespace Serverless.Local.Commands;

/// <summary>The options that describe a local cloud, shared by the verbs that need one.</summary>
internal sealed class CloudArguments
{
    private static readonly LocalCloudOptions Defaults = new();

    private readonly Option<int> _regions = Number(
        "--regions", "Regions, each with a storage process of its own: 1 to 9", 1, 9, Defaults.Regions);
    private readonly Option<int> _nodes = Number(
        "--nodes", "Nodes in each region: 1 to 9; a cloud that runs, or ran, grows or shrinks to them", 1, LocalCloudOptions.MaxNodes, Defaults.NodesPerRegion);
    private readonly Option<int> _port = Number(
        "--port", "Port of the API; providers of notifications take ports 50 above it and on, the storage 100 above it and on. 0: any free ports", 0, LocalCloudOptions.MaxPort, Defaults.Port);
    private readonly Option<string> _data = new("--data")
    {
        Description = "Folder of the data",
        DefaultValueFactory = _ => Defaults.DataFolder,
    };
    private readonly Option<bool> _fresh = new("--fresh") { Description = "Delete the data of every region first" };
    private readonly Option<bool> _frontDoor = new("--front-door")
    {
        Description = "Give each region a head of its own, at the ports after that of the API, and put a front door before them",
    };
    private readonly Option<int> _probes = Number(
        "--probe-seconds", "Seconds between two of the front door's probes of a head: 1 to 255", 1, 255, ProbeRule.OfTemplate.IntervalSeconds);

    /// <summary>Adds them to the root, for every verb: they may stand before or after it.</summary>
    public void AddTo(RootCommand root)
    {
        foreach (var option in (Option[])[_regions, _nodes, _port, _data, _fresh, _frontDoor, _probes])
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    public UpOptions Read(ParseResult parsed) => new(
        parsed.GetValue(_regions), parsed.GetValue(_nodes), parsed.GetValue(_port), parsed.GetValue(_data)!, parsed.GetValue(_fresh),
        parsed.GetResult(_nodes) is { Implicit: false }, parsed.GetValue(_frontDoor), parsed.GetValue(_probes));

    /// <summary>An option whose value is a whole number within bounds; anything else is one sentence.</summary>
    public static Option<int> Number(string name, string description, int least, int most, int byDefault) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => Parse(result, name, least, most),
    };

    private static int Parse(ArgumentResult result, string name, int least, int most)
    {
        var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        result.AddError($"The value of {name} must be a whole number from {least} to {most}, not \"{text}\".");
        return 0;
    }
}
