using System.CommandLine;
using Serverless.Local.Cloud;

namespace Serverless.Local.Commands;

/// <summary>The options of "head", beside those that describe the cloud.</summary>
internal sealed class HeadArguments(CloudArguments shared)
{
    private readonly Option<int> _cloud = CloudArguments.Number(
        "--cloud", "Port of the \"up\" that runs the storage", 1, LocalCloudOptions.MaxPort, new LocalCloudOptions().Port);
    private readonly Option<int> _region = CloudArguments.Number(
        "--region", "Number of the region the head runs in: 1 to 9", 1, 9, 2);

    // For the front door that starts it: people have no use for it.
    private readonly Option<int?> _door = new("--door") { Hidden = true };

    public void AddTo(Command verb)
    {
        verb.Add(_cloud);
        verb.Add(_region);
        verb.Add(_door);
    }

    public HeadOptions Read(ParseResult parsed) => new(parsed.GetValue(_cloud), parsed.GetValue(_region), shared.Read(parsed), parsed.GetValue(_door));
}
