using Serverless.Local.Cloud;

namespace Serverless.Tests.Local;

public class CloudStorageFolderTests : IDisposable
{
    private readonly CloudFolder _data = new();
    private readonly StorageFolder _folder;

    public CloudStorageFolderTests() => _folder = new(_data.Path);

    [Fact]
    public void An_empty_folder_is_not_unclean() => Assert.False(_folder.IsUnclean);

    [Fact]
    public void A_run_without_a_marker_is_unclean()
    {
        _folder.Begin(unclean: false);
        SaveTables();

        Assert.True(_folder.IsUnclean);
    }

    [Fact]
    public void The_marker_of_the_last_run_makes_it_clean()
    {
        End(_folder.Begin(unclean: false));

        Assert.False(_folder.IsUnclean);
    }

    [Fact]
    public void A_late_marker_of_an_earlier_run_proves_nothing()
    {
        var earlier = _folder.Begin(unclean: false);
        _folder.Begin(unclean: false);
        End(earlier);

        Assert.True(_folder.IsUnclean);
    }

    [Fact]
    public void Lost_writes_are_remembered_until_dealt_with()
    {
        End(_folder.Begin(unclean: true));
        Assert.True(_folder.IsUnclean);

        _folder.Recovered();
        Assert.False(_folder.IsUnclean);
    }

    [Fact]
    public void Tables_set_aside_are_gone_for_the_next_run()
    {
        End(_folder.Begin(unclean: false));

        _folder.SetTablesAside();

        Assert.False(_folder.HasData);
    }

    [Fact]
    public void A_data_folder_has_one_user_at_a_time()
    {
        using (DataFolderLock.Take(_data.Path))
        {
            var refusal = Assert.Throws<LocalCloudException>(() => DataFolderLock.Take(_data.Path));
            Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
        }

        DataFolderLock.Take(_data.Path).Dispose();
    }

    public void Dispose()
    {
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    private void End(string token)
    {
        SaveTables();
        File.WriteAllText(Path.Combine(_data.Path, "clean"), token);
    }

    private void SaveTables() => File.WriteAllText(Path.Combine(_data.Path, "__azurite_db_table__.json"), "{}");
}
