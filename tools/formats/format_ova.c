/* SPDX-License-Identifier: MIT
 *
 * ova: an appliance for VMware and VirtualBox: a machine's description (OVF), the
 * digests of all parts, and the disk, in one tar in this order.
 */
#include <unistd.h>

#include "archive.h"
#include "checksum.h"
#include "tools/temporary.h"
#include "vmdk.h"

#define MEMORY_MIB     256
#define DISK_BYTES_MAX (4ull << 30)
#define TAR_MAGIC      257

static int ova_check(const struct format_source *source, const char **why)
{
    return qemu_img_check(source, MIB, why);
}

/* Text within an XML element or attribute. */
static const char *xml(const char *text)
{
    const char *safe = "";
    for (; *text; text++) {
        const char *escaped = *text == '&'   ? "&amp;"
                              : *text == '<' ? "&lt;"
                              : *text == '>' ? "&gt;"
                              : *text == '"' ? "&quot;"
                              : (unsigned char)*text < ' ' || (unsigned char)*text == 127
                                  ? "?"
                                  : text_copy_bytes(text, 1);
        safe = text_format("%s%s", safe, escaped);
    }
    return safe;
}

static const char *item(int number, int kind, const char *name, const char *rest)
{
    return text_format("      <Item>\n"
                       "        <rasd:ElementName>%s</rasd:ElementName>\n"
                       "        <rasd:InstanceID>%d</rasd:InstanceID>\n%s"
                       "        <rasd:ResourceType>%d</rasd:ResourceType>\n"
                       "      </Item>\n",
                       name, number, rest, kind);
}

static const char *hardware(void)
{
    const char *memory =
        text_format("        <rasd:VirtualQuantity>%d</rasd:VirtualQuantity>\n", MEMORY_MIB);
    return text_format(
        "%s%s%s%s",
        item(1, 3, "1 processor", "        <rasd:VirtualQuantity>1</rasd:VirtualQuantity>\n"),
        item(2, 4, "memory, in MiB", memory),
        item(3, 5, "IDE controller",
             "        <rasd:ResourceSubType>PIIX4</rasd:ResourceSubType>\n"),
        item(4, 17, "disk",
             "        <rasd:HostResource>ovf:/disk/disk1</rasd:HostResource>\n"
             "        <rasd:Parent>3</rasd:Parent>\n"));
}

static const char *descriptor(const struct format_source *source, const char *disk_name,
                              size_t disk_bytes, uint64_t capacity_bytes)
{
    const char *name = xml(source->program);
    return text_format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<Envelope xmlns=\"http://schemas.dmtf.org/ovf/envelope/1\"\n"
        "          xmlns:ovf=\"http://schemas.dmtf.org/ovf/envelope/1\"\n"
        "          xmlns:rasd=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
        "CIM_ResourceAllocationSettingData\"\n"
        "          xmlns:vssd=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
        "CIM_VirtualSystemSettingData\">\n"
        "  <References>\n"
        "    <File ovf:id=\"file1\" ovf:href=\"%s\" ovf:size=\"%zu\"/>\n"
        "  </References>\n"
        "  <DiskSection>\n"
        "    <Info>Disks</Info>\n"
        "    <Disk ovf:diskId=\"disk1\" ovf:fileRef=\"file1\" ovf:capacity=\"%llu\"\n"
        "          ovf:format=\"http://www.vmware.com/interfaces/specifications/"
        "vmdk.html#streamOptimized\"/>\n"
        "  </DiskSection>\n"
        "  <VirtualSystem ovf:id=\"%s\">\n"
        "    <Info>A program that is its own virtual machine</Info>\n"
        "    <Name>%s</Name>\n"
        "    <OperatingSystemSection ovf:id=\"1\">\n"
        "      <Info>None of those known</Info>\n"
        "      <Description>other</Description>\n"
        "    </OperatingSystemSection>\n"
        "    <VirtualHardwareSection>\n"
        "      <Info>Virtual hardware</Info>\n"
        "      <System>\n"
        "        <vssd:ElementName>Virtual hardware family</vssd:ElementName>\n"
        "        <vssd:InstanceID>0</vssd:InstanceID>\n"
        "        <vssd:VirtualSystemIdentifier>%s</vssd:VirtualSystemIdentifier>\n"
        "        <vssd:VirtualSystemType>vmx-10</vssd:VirtualSystemType>\n"
        "      </System>\n"
        "%s"
        "    </VirtualHardwareSection>\n"
        "  </VirtualSystem>\n"
        "</Envelope>\n",
        disk_name, disk_bytes, (unsigned long long)capacity_bytes, name, name, name, hardware());
}

static struct file_bytes text_bytes(const char *text)
{
    return (struct file_bytes){(const uint8_t *)text, strlen(text)};
}

static void ova_write(const struct format_source *source, struct output *output)
{
    struct disk_plan plan;
    const char *why;
    if (disk_lay_out(&plan, source, MIB, &why))
        return;
    struct file_bytes disk = vmdk_make(source);
    const char *ovf = descriptor(source, "disk1.vmdk", disk.size_bytes, disk_size_bytes(&plan));
    const char *manifest =
        text_format("SHA256(machine.ovf)= %s\nSHA256(disk1.vmdk)= %s\n",
                    sha256_text(ovf, strlen(ovf)), sha256_text(disk.bytes, disk.size_bytes));
    struct archive *archive = archive_tar_start(output);
    archive_tar_add(archive, "machine.ovf", text_bytes(ovf));
    archive_tar_add(archive, "machine.mf", text_bytes(manifest));
    archive_tar_add(archive, "disk1.vmdk", disk);
    archive_tar_end(archive);
}

/* A tar whose first member is the description. */
static bool ova_recognise(const struct file_bytes *file)
{
    char name[101] = {0};
    if (file->size_bytes <= 512 || memcmp(file->bytes + TAR_MAGIC, "ustar", 5) != 0)
        return false;
    memcpy(name, file->bytes, 100);
    return text_ends_with(name, ".ovf");
}

/* The digests in the manifest are those of the parts. */
static bool digests_fit(const struct file_bytes *file, const struct file_bytes *disk)
{
    const char *manifest = archive_text(file, ".mf"), *ovf = archive_text(file, ".ovf");
    return manifest && ovf && strstr(manifest, sha256_text(ovf, strlen(ovf))) &&
           strstr(manifest, sha256_text(disk->bytes, disk->size_bytes));
}

static int ova_read(struct media *media, const char **why)
{
    static unsigned serial;
    struct file_bytes disk;
    const char *path = temporary_path(text_format("ova-%u.vmdk", serial++));
    int result = -1;
    if (archive_unpack(&media->file, ".vmdk", DISK_BYTES_MAX, path, why)) {
        unlink(path);
        return -1;
    }
    *why = "its disk cannot be read";
    if (file_map(path, &disk) == 0) {
        *why = "its parts do not fit the digests in its manifest";
        if (vmdk_recognise(&disk) && digests_fit(&media->file, &disk))
            result = vmdk_read(media, path, &disk, why);
        file_unmap(&disk);
    }
    unlink(path);
    return result;
}

const struct image_format format_ova = {
    .name = "ova",
    .extension = ".ova",
    .title = "OVA appliance (VMware, VirtualBox)",
    .check = ova_check,
    .write = ova_write,
    .recognise = ova_recognise,
    .read = ova_read,
};
